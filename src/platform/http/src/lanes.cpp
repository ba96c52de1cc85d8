// Running a request in its lane: on this thread, on a worker, or in a batch of writes that share a commit.
#include "impl.hpp"

#include <mozi/log/log.hpp>
#include <mozi/net/networks.hpp>

namespace mozi::http {

namespace {

// Of reads whose cost grows with what is kept, in the thread's own time.
constexpr auto most_of_a_slow_read = std::chrono::milliseconds(200);

} // namespace

jobs::Turn Gateway::Impl::turn_of(Call const& call) {
    auto const who = call.viewer.signed_in() ? call.viewer.id.text() : net::network_of(call.client);
    return jobs::Turn{std::hash<std::string>{}(who) | 1}; // never the house's
}

void Gateway::Impl::post(jobs::Pool& pool, JobPtr const& job, void (Impl::*step)(JobPtr const&)) {
    if (!pool.post([this, job, step] { (this->*step)(job); }, turn_of(*job->call))) busy(*job);
}

void Gateway::Impl::on_request(std::shared_ptr<net::Request> request, net::Responder respond) {
    auto job = std::make_shared<Job>(Job{request, std::static_pointer_cast<Call>(request->context), std::move(respond), {}, {}});
    auto& call = *job->call;
    call.request = request.get();
    job->input = call.input;
    auto const lane = call.route->lane;
    // A database on the other side of a network may not answer: no io thread waits for it.
    auto const local = !call.route->database || call.route->database->dialect() == db::Dialect::sqlite;
    if (lane == Lane::quick && local) {
        auto reply = handle(*job);
        if (!reply || reply->body.size() < compressed_from) return answer(*job, std::move(reply));
        auto const kept = std::make_shared<Result<Reply>>(std::move(reply));
        if (!pools.workers.post([this, job, kept] { answer(*job, std::move(*kept)); }, turn_of(call))) busy(*job);
        return;
    }
    if (lane == Lane::cached && !call.viewer.signed_in()) return start_cached(job);
    if (lane == Lane::write || lane == Lane::hashing) return start_write(job);
    post(pools.workers, job, &Impl::read);
}

// A reply is kept by what was asked, however that was spelled.
void Gateway::Impl::start_cached(JobPtr const& job) {
    auto& call = *job->call;
    job->cache_key = spellings.find(job->request->target);
    auto const known = job->cache_key != nullptr;
    if (!known) {
        if (auto answered = ready(*job)) return answer(*job, std::move(*answered));
        job->cache_key = std::make_shared<std::string const>(call.route->operation + call.route->key(job->input.get()));
        spellings.keep(job->request->target, job->cache_key);
    }
    auto const kept = cache.find(*job->cache_key, call.route->options.topics);
    (kept ? figures.cache_hits : figures.cache_misses).add();
    if (!kept) {
        auto answered = known ? ready(*job) : std::nullopt;
        return answered ? answer(*job, std::move(*answered)) : build_elsewhere(job);
    }
    if (auto response = from_kept(call, *kept, Encode::elsewhere)) return job->respond(std::move(*response));
    post(pools.workers, job, &Impl::send_kept);
}

void Gateway::Impl::build_elsewhere(JobPtr const& job) {
    job->call->slow ? post(pools.slow, job, &Impl::read_slowly) : post(pools.workers, job, &Impl::read);
}

void Gateway::Impl::send_kept(JobPtr const& job) {
    auto const kept = cache.find(*job->cache_key, job->call->route->options.topics);
    if (!kept && !job->ready) // its spelling was known
        if (auto answered = ready(*job)) return answer(*job, std::move(*answered));
    kept ? job->respond(*from_kept(*job->call, *kept, Encode::here)) : build_elsewhere(job);
}

void Gateway::Impl::read(JobPtr const& job) {
    if (job->cache_key) return job->respond(build_kept(*job));
    if (auto answered = ready(*job)) return answer(*job, std::move(*answered));
    if (job->call->slow) return post(pools.slow, job, &Impl::read_slowly);
    answer(*job, handle(*job));
}

void Gateway::Impl::read_slowly(JobPtr const& job) {
    db::Cut const cut(most_of_a_slow_read);
    job->cache_key ? job->respond(build_kept(*job)) : answer(*job, handle(*job));
}

Error Gateway::Impl::too_busy() {
    Error error{Code::unavailable, "server.busy", "Too much at once. Try again in a moment."};
    error.retry_after_s = 1;
    return error;
}

void Gateway::Impl::busy(Job& job) { answer(job, too_busy()); }

// Whoever signed out, or lost a role, while the body came is not taken for what he was. A sink asks by itself, and keeps what has arrived.
Result<> Gateway::Impl::still_allowed(Call& call) {
    if (auto goes_on = check_maintenance(call); !goes_on && !call.sink) return goes_on; // begun while its body came
    if (!call.viewer.signed_in() || call.sink) return {};
    auto now = authenticate.by_session(call.viewer.session);
    if (!now && call.route->access != Access::anyone) return std::move(now).error();
    call.viewer = now ? *now : Viewer{};
    return check_access(call.route->access, call.viewer, options.visitors);
}

// Everything before the unit: the stored answer of a repeated request, and the input, read and judged. An answer, or nothing: go on.
std::optional<Result<Reply>> Gateway::Impl::ready(Job& job) {
    log::RequestScope const scope(job.call->request_id);
    try {
        if (auto allowed = still_allowed(*job.call); !allowed) return std::move(allowed).error();
        if (job.keyed && job.call->route->database) {
            auto known = keys.find(*job.keyed, *job.call->route->database);
            if (!known) return std::move(known).error();
            if (*known) return std::move(**known);
        }
        if (!job.input) { // that of a body that streams was read before it
            auto input = job.call->route->prepare(*job.call);
            if (!input) return std::move(input).error();
            job.input = std::move(*input);
        }
        job.ready = true;
        return std::nullopt;
    } catch (std::exception const& cause) { return internal(std::string("prepare: ") + cause.what()); }
}

// The same for a request that may have waited since: who asks is asked again, the rest stands.
std::optional<Result<Reply>> Gateway::Impl::ready_still(Job& job) {
    if (!job.ready) return ready(job);
    if (auto allowed = still_allowed(*job.call); !allowed) return std::move(allowed).error();
    return std::nullopt;
}

Result<Reply> Gateway::Impl::handle(Job& job) {
    if (!job.ready)
        if (auto answered = ready(job)) return std::move(*answered);
    log::RequestScope const scope(job.call->request_id);
    try {
        auto& call = *job.call;
        MOZI_TRY(auto reply, call.route->run(call, job.input));
        if (reply.answer) {
            reply.answer->head += call.head;
        } else {
            reply.status = call.status ? call.status : call.route->success;
            reply.head = call.head;
            if (!call.route->options.replies_with.empty()) reply.content_type = call.route->options.replies_with.front();
        }
        return reply;
    } catch (std::exception const& cause) { return internal(std::string("handler: ") + cause.what()); }
}

void Gateway::Impl::start_write(JobPtr const& job) {
    auto& call = *job->call;
    auto key = keys.keyed(call);
    if (!key) return answer(*job, std::move(key).error());
    if (*key && !keys.enter(**key)) {
        Error error{
            Code::conflict, "request.in_progress", "The first request with this Idempotency-Key is still running. Ask again in a moment."};
        error.retry_after_s = 1;
        return answer(*job, std::move(error));
    }
    job->keyed = std::move(*key);
    if (call.route->lane == Lane::write) return enqueue(job);
    auto const hash = [this, job] {
        if (auto answered = ready(*job)) return answer(*job, std::move(*answered));
        enqueue(job);
    };
    if (!pools.hashers.post(hash, turn_of(call))) busy(*job);
}

void Gateway::Impl::enqueue(JobPtr const& job) {
    auto* const database = job->call->route->database;
    if (!database || database->dialect() == db::Dialect::postgres) { return post(pools.workers, job, &Impl::write_alone); }
    auto& queue = *write_queues.at(database);
    {
        std::scoped_lock const held(queue.mutex);
        if (queue.jobs.size() >= 4096) return busy(*job);
        queue.jobs.push_back(job);
        if (std::exchange(queue.running, true)) return;
    }
    if (!pools.workers.post([this, database, &queue] { run_batches(*database, queue); })) {
        std::deque<JobPtr> stranded;
        {
            std::scoped_lock const held(queue.mutex);
            queue.running = false;
            stranded.swap(queue.jobs);
        }
        for (auto const& waiting : stranded) busy(*waiting);
    }
}

void Gateway::Impl::write_alone(JobPtr const& job) {
    if (auto answered = ready_still(*job)) return answer(*job, std::move(*answered));
    answer(*job, run_write(*job));
}

Result<Reply> Gateway::Impl::run_write(Job& job) {
    if (!job.ready)
        if (auto answered = ready(job)) return std::move(*answered);
    if (!job.keyed || !job.call->route->database) return handle(job);
    return keys.run(*job.keyed, *job.call->route->database, [&] { return handle(job); });
}

void Gateway::Impl::run_batches(db::Database& database, WriteQueue& queue) {
    for (;;) {
        std::vector<JobPtr> batch;
        {
            std::scoped_lock const held(queue.mutex);
            while (!queue.jobs.empty() && batch.size() < 128) batch.push_back(std::move(queue.jobs.front())), queue.jobs.pop_front();
            if (batch.empty()) {
                queue.running = false;
                return;
            }
        }
        std::vector<std::optional<Result<Reply>>> replies(batch.size());
        std::vector<std::function<void()>> tasks;
        std::vector<std::size_t> units;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            replies[i] = ready_still(*batch[i]);
            if (replies[i]) continue;
            units.push_back(i);
            tasks.emplace_back([&, i] { replies[i].emplace(run_write(*batch[i])); });
        }
        if (auto const committed = tasks.empty() ? Result<>{} : database.batch(tasks); !committed)
            for (auto const i : units)
                if (!replies[i] || *replies[i]) replies[i].emplace(committed.error());
        for (std::size_t i = 0; i < batch.size(); ++i) {
            auto& reply = replies[i];
            answer(*batch[i], std::move(*reply));
        }
    }
}

void Gateway::Impl::answer(Job& job, Result<Reply> reply) {
    if (job.keyed) keys.leave(*job.keyed);
    job.call->sink.reset(); // what it holds is free before the client can ask again
    job.respond(finish(*job.call, std::move(reply)));
}

} // namespace mozi::http
