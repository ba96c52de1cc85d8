// A failed result says why in a test's output.
#pragma once

#include <mozi/base/result.hpp>

#include <doctest/doctest.h>

template <class T>
struct doctest::StringMaker<boost::system::result<T, mozi::Error>> {
    static String convert(boost::system::result<T, mozi::Error> const& result) {
        return result ? String("a value")
                      : String((result.error().id + ": " + result.error().message + " " + result.error().detail).c_str());
    }
};
