// Series and their text form.
#include <mozi/metrics/metrics.hpp>

#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace mozi::metrics {

namespace {

constexpr std::size_t most_series = 4000;

std::string number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    if (std::abs(value) < 9e15 && value == std::trunc(value)) return std::to_string(std::int64_t(value)); // never 1e+06
    char text[32];
    std::snprintf(text, sizeof text, "%.12g", value);
    return text;
}

std::string escaped(std::string const& help) {
    std::string out;
    for (auto const c : help) {
        if (c == '\n') out += "\\n";
        else (c == '\\' ? out += '\\' : out) += c;
    }
    return out;
}

std::string braces(std::string const& labels, std::string const& more = {}) {
    if (labels.empty() && more.empty()) return {};
    return "{" + labels + (labels.empty() || more.empty() ? "" : ",") + more + "}";
}

} // namespace

void Histogram::observe(double seconds) {
    std::size_t i = 0;
    while (i < bounds.size() && seconds > bounds[i]) ++i;
    buckets_[i].fetch_add(1, std::memory_order_relaxed);
    nanoseconds_.fetch_add(std::uint64_t(seconds * 1e9), std::memory_order_relaxed);
}

void Histogram::write(std::string& out, std::string const& name, std::string const& labels) const {
    std::uint64_t total = 0;
    for (std::size_t i = 0; i <= bounds.size(); ++i) {
        total += buckets_[i].load(std::memory_order_relaxed);
        auto const bound = i < bounds.size() ? number(bounds[i]) : "+Inf";
        out += name + "_bucket" + braces(labels, "le=\"" + bound + "\"") + " " + std::to_string(total) + "\n";
    }
    out += name + "_sum" + braces(labels) + " " + number(double(nanoseconds_.load(std::memory_order_relaxed)) / 1e9) + "\n";
    out += name + "_count" + braces(labels) + " " + std::to_string(total) + "\n";
}

Registry::Family& Registry::family(std::string const& name, std::string const& help, std::string_view type) {
    if (name.ends_with("_total") != (type == "counter")) throw std::logic_error(name + " is no name of a " + std::string(type));
    auto& found = families_[name];
    if (!found.type.empty() && found.type != type) throw std::logic_error(name + " is a " + found.type + " and a " + std::string(type));
    found.type = type;
    if (found.help.empty()) found.help = help;
    return found;
}

std::string const& Registry::bounded(std::string const& labels, bool known) const {
    static std::string const other = "other=\"1\"";
    return known || series_ < most_series ? labels : other;
}

Counter& Registry::counter(std::string const& name, std::string const& help, std::string const& labels) {
    std::scoped_lock const held(mutex_);
    auto& counters = family(name, help, "counter").counters;
    auto& slot = counters[bounded(labels, counters.contains(labels))];
    if (!slot) {
        slot = std::make_unique<Counter>();
        ++series_;
    }
    return *slot;
}

Counter& Registry::seconds(std::string const& name, std::string const& help, std::string const& labels) {
    auto& made = counter(name, help, labels);
    std::scoped_lock const held(mutex_);
    families_.at(name).unit = 1e-9;
    return made;
}

Histogram& Registry::histogram(std::string const& name, std::string const& help, std::string const& labels) {
    std::scoped_lock const held(mutex_);
    auto& histograms = family(name, help, "histogram").histograms;
    auto& slot = histograms[bounded(labels, histograms.contains(labels))];
    if (!slot) {
        slot = std::make_unique<Histogram>();
        series_ += Histogram::bounds.size() + 3; // a line each
    }
    return *slot;
}

void Registry::gauge(std::string const& name, std::string const& help, std::string const& labels, Ask value) {
    std::scoped_lock const held(mutex_);
    family(name, help, "gauge").asked[labels] = std::move(value);
}

void Registry::counter(std::string const& name, std::string const& help, std::string const& labels, Ask value) {
    std::scoped_lock const held(mutex_);
    family(name, help, "counter").asked[labels] = std::move(value);
}

std::string Registry::text() const {
    std::scoped_lock const held(mutex_);
    std::string out;
    out.reserve(64 * 1024);
    for (auto const& [name, family] : families_) {
        out += "# HELP " + name + " " + escaped(family.help) + "\n# TYPE " + name + " " + family.type + "\n";
        for (auto const& [labels, counter] : family.counters)
            out += name + braces(labels) + " " + number(double(counter->value()) * family.unit) + "\n";
        for (auto const& [labels, value] : family.asked) out += name + braces(labels) + " " + number(value()) + "\n";
        for (auto const& [labels, histogram] : family.histograms) histogram->write(out, name, labels);
    }
    return out;
}

} // namespace mozi::metrics
