// The worker pool and the ticker.
#include <mozi/jobs/pool.hpp>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <pthread.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <unordered_map>
#include <vector>

namespace mozi::jobs {

namespace {

void name_thread(std::string const& name) { pthread_setname_np(pthread_self(), name.substr(0, 15).c_str()); }

} // namespace

struct Pool::Impl {
    // What waits and runs of one turn.
    struct Line {
        std::deque<std::function<void()>> tasks;
        std::size_t running = 0;
    };

    std::mutex mutex;
    std::condition_variable ready;
    std::unordered_map<std::uint64_t, Line> lines; // those with anything in them
    std::deque<std::uint64_t> order; // the lines of which a task may begin, each once, the house's left out
    std::size_t queued = 0, running = 0;
    bool house_was_last = false, stopping = false;
    std::size_t most = 0;
    Fairness fairness;
    std::vector<std::thread> threads;

    bool house_waits() const {
        auto const at = lines.find(0);
        return at != lines.end() && !at->second.tasks.empty();
    }
    bool may_begin(Line const& line) const { return !line.tasks.empty() && line.running < fairness.most_at_once; }

    // Whose task begins now; order or the house has one.
    std::uint64_t next() {
        house_was_last = house_waits() && (order.empty() || !house_was_last);
        if (house_was_last) return 0;
        auto const turn = order.front();
        order.pop_front();
        return turn;
    }

    void work() {
        std::unique_lock held(mutex);
        for (;;) {
            ready.wait(held, [&] { return stopping || !order.empty() || house_waits(); });
            if (order.empty() && !house_waits()) return; // what still waits follows one that runs, on its thread
            auto const turn = next();
            auto& line = lines[turn]; // stays where it is while others come and go
            auto task = std::move(line.tasks.front());
            line.tasks.pop_front();
            ++line.running, ++running, --queued;
            if (turn != 0 && may_begin(line)) order.push_back(turn);
            held.unlock();
            task();
            task = {};
            held.lock();
            --running;
            if (turn != 0 && line.running-- == fairness.most_at_once && !line.tasks.empty()) order.push_back(turn);
            else if (turn == 0) --line.running;
            if (line.tasks.empty() && line.running == 0) lines.erase(turn);
        }
    }
};

Pool::Pool(std::string name, int threads, std::size_t most_queued, Fairness fairness) : impl_(std::make_unique<Impl>()) {
    impl_->most = most_queued;
    impl_->fairness = fairness;
    for (int i = 0; i < threads; ++i)
        impl_->threads.emplace_back([impl = impl_.get(), name] {
            name_thread(name);
            // Of this thread alone, as Linux has it.
            if (impl->fairness.niceness > 0) setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), impl->fairness.niceness);
            impl->work();
        });
}

Pool::~Pool() { stop(); }

bool Pool::post(std::function<void()> task, Turn turn) {
    {
        std::scoped_lock const held(impl_->mutex);
        if (impl_->stopping || impl_->queued >= impl_->most) return false;
        auto const key = static_cast<std::uint64_t>(turn);
        auto& line = impl_->lines[key];
        if (turn != Turn::house && line.tasks.size() >= std::max<std::size_t>(1, impl_->most / 2)) return false;
        line.tasks.push_back(std::move(task));
        ++impl_->queued;
        if (turn != Turn::house && line.tasks.size() == 1 && impl_->may_begin(line)) impl_->order.push_back(key);
    }
    impl_->ready.notify_one();
    return true;
}

void Pool::stop() {
    {
        std::scoped_lock const held(impl_->mutex);
        impl_->stopping = true;
    }
    impl_->ready.notify_all();
    for (auto& thread : impl_->threads)
        if (thread.joinable()) thread.join();
}

std::size_t Pool::queued() const {
    std::scoped_lock const held(impl_->mutex);
    return impl_->queued;
}

std::size_t Pool::running() const {
    std::scoped_lock const held(impl_->mutex);
    return impl_->running;
}

struct Ticker::Impl {
    std::mutex mutex;
    std::condition_variable changed;
    bool woken = false, stopping = false;
    std::thread thread;
};

Ticker::Ticker(std::string name, std::chrono::milliseconds period, std::function<void()> tick) : impl_(std::make_unique<Impl>()) {
    impl_->thread = std::thread([impl = impl_.get(), name, period, tick = std::move(tick)] {
        name_thread(name);
        std::unique_lock held(impl->mutex);
        while (!impl->stopping) {
            impl->woken = false;
            held.unlock();
            tick();
            held.lock();
            impl->changed.wait_for(held, period, [&] { return impl->woken || impl->stopping; });
        }
    });
}

Ticker::~Ticker() {
    {
        std::scoped_lock const held(impl_->mutex);
        impl_->stopping = true;
    }
    impl_->changed.notify_all();
    impl_->thread.join();
}

void Ticker::wake() {
    {
        std::scoped_lock const held(impl_->mutex);
        impl_->woken = true;
    }
    impl_->changed.notify_all();
}

} // namespace mozi::jobs
