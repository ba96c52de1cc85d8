// Series and their text form.
#include <mozi/metrics/metrics.hpp>

#include <cstdio>

namespace mozi::metrics {

namespace {

constexpr std::size_t most_series = 2000;

std::string number(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.9g", value);
    return text;
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

Counter& Registry::counter(std::string const& name, std::string const& help, std::string const& labels) {
    std::scoped_lock const held(mutex_);
    auto& family = families_[name];
    family.help = help;
    family.type = "counter";
    auto const& key = series_ < most_series || family.counters.contains(labels) ? labels : std::string("other=\"1\"");
    auto& slot = family.counters[key];
    if (!slot) {
        slot = std::make_unique<Counter>();
        ++series_;
    }
    return *slot;
}

Histogram& Registry::histogram(std::string const& name, std::string const& help, std::string const& labels) {
    std::scoped_lock const held(mutex_);
    auto& family = families_[name];
    family.help = help;
    family.type = "histogram";
    auto& slot = family.histograms[labels];
    if (!slot) {
        slot = std::make_unique<Histogram>();
        ++series_;
    }
    return *slot;
}

void Registry::gauge(std::string name, std::string help, std::string labels, std::function<double()> value) {
    std::scoped_lock const held(mutex_);
    auto& family = families_[std::move(name)];
    family.help = std::move(help);
    family.type = "gauge";
    family.gauges[std::move(labels)] = std::move(value);
}

std::string Registry::text() const {
    std::scoped_lock const held(mutex_);
    std::string out;
    for (auto const& [name, family] : families_) {
        out += "# HELP " + name + " " + family.help + "\n# TYPE " + name + " " + family.type + "\n";
        for (auto const& [labels, counter] : family.counters) out += name + braces(labels) + " " + std::to_string(counter->value()) + "\n";
        for (auto const& [labels, value] : family.gauges) out += name + braces(labels) + " " + number(value()) + "\n";
        for (auto const& [labels, histogram] : family.histograms) histogram->write(out, name, labels);
    }
    return out;
}

} // namespace mozi::metrics
