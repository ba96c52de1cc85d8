// The worker pool and the ticker.
#include <mozi/jobs/pool.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <vector>

namespace mozi::jobs {

namespace {

void name_thread(std::string const& name) { pthread_setname_np(pthread_self(), name.substr(0, 15).c_str()); }

} // namespace

struct Pool::Impl {
    std::mutex mutex;
    std::condition_variable ready;
    std::deque<std::function<void()>> queue;
    std::size_t most = 0, running = 0;
    bool stopping = false;
    std::vector<std::thread> threads;

    void work() {
        std::unique_lock held(mutex);
        for (;;) {
            ready.wait(held, [&] { return stopping || !queue.empty(); });
            if (queue.empty()) return;
            auto task = std::move(queue.front());
            queue.pop_front();
            ++running;
            held.unlock();
            task();
            task = {};
            held.lock();
            --running;
        }
    }
};

Pool::Pool(std::string name, int threads, std::size_t most_queued) : impl_(std::make_unique<Impl>()) {
    impl_->most = most_queued;
    for (int i = 0; i < threads; ++i)
        impl_->threads.emplace_back([impl = impl_.get(), name] {
            name_thread(name);
            impl->work();
        });
}

Pool::~Pool() { stop(); }

bool Pool::post(std::function<void()> task) {
    {
        std::scoped_lock const held(impl_->mutex);
        if (impl_->stopping || impl_->queue.size() >= impl_->most) return false;
        impl_->queue.push_back(std::move(task));
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
    return impl_->queue.size();
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
