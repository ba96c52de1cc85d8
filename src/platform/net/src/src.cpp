// Asio and Beast, compiled once for the whole program.
#include "asio.hpp"

#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
