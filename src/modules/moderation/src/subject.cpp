// The things reports are about.
#include "subject.hpp"

#include <algorithm>

namespace mozi::moderation {

namespace {

constexpr std::size_t most_ids = 500; // what the apis take at once

template <class IdType>
void make_unique(std::vector<IdType>& ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    if (ids.size() > most_ids) ids.resize(most_ids);
}

Error gone() {
    Error missing = not_found("report.content_not_found");
    missing.message = "What you report is not here, or not for everyone.";
    return missing;
}

// Any "not found" of another module, in our words.
template <class T>
Error as_gone(Result<T>& failed) {
    return failed.error().code == Code::not_found ? gone() : std::move(failed).error();
}

} // namespace

Result<> Subjects::add_comments(std::vector<social::CommentId> const& ids, std::vector<content::MovieId>& movies, std::map<Subject, Content>& out) {
    if (ids.empty()) return {};
    MOZI_TRY(auto comments, needs_.social.find_comments(ids));
    for (auto& comment : comments) {
        if (comment.deleted) continue;
        movies.push_back(comment.movie);
        out[{ContentType::comment, {comment.id.value}}] = {comment.movie.text(), std::move(comment.content), "/film/" + comment.movie.text() + "#comment-" + comment.id.text(), comment.author};
    }
    return {};
}

Result<std::map<Subject, Content>> Subjects::find(std::span<Subject const> subjects, Asking const& asked) {
    std::map<Subject, Content> out;
    std::vector<social::CommentId> comments;
    std::vector<content::MovieId> movies;
    std::vector<media::MediaId> media;
    std::vector<UserId> profiles;
    for (auto const& subject : subjects) {
        if (subject.type == ContentType::comment) comments.push_back({subject.id.value});
        else if (subject.type == ContentType::movie) movies.push_back({subject.id.value});
        else if (subject.type == ContentType::media) media.push_back({subject.id.value});
        else profiles.push_back({subject.id.value});
    }
    make_unique(comments);
    MOZI_CHECK(add_comments(comments, movies, out));
    make_unique(movies), make_unique(media), make_unique(profiles);
    std::map<std::string, std::string> titles;
    if (!movies.empty()) {
        MOZI_TRY(auto found, needs_.titles.find_titles(movies));
        for (auto& title : found) {
            titles[title.id.text()] = title.title;
            out[{ContentType::movie, {title.id.value}}] = {std::move(title.title), std::nullopt, "/film/" + title.id.text(), title.created_by};
        }
    }
    for (auto& [subject, content] : out) { // a comment stands under the name of its film
        if (subject.type != ContentType::comment) continue;
        auto const at = titles.find(*content.title);
        content.title = at == titles.end() ? std::nullopt : std::optional{at->second};
    }
    if (!media.empty()) {
        MOZI_TRY(auto found, needs_.media.find_media(media, asked));
        for (auto& medium : found) out[{ContentType::media, {medium.id.value}}] = {std::move(medium.filename), std::nullopt, std::move(medium.hls_url), medium.owner};
    }
    if (!profiles.empty()) {
        MOZI_TRY(auto found, needs_.users.find_people(profiles));
        for (auto& person : found) out[{ContentType::user_profile, {person.id.value}}] = {std::move(person.display_name), std::nullopt, std::nullopt, person.id};
    }
    return out;
}

Result<UserId> Subjects::visible_owner(Subject const& subject, Asking const& asked) {
    if (subject.type == ContentType::movie) {
        auto title = needs_.titles.get_visible({subject.id.value}, asked);
        return title ? Result<UserId>{title->created_by} : as_gone(title);
    }
    if (subject.type == ContentType::comment) {
        social::CommentId const id{subject.id.value};
        MOZI_TRY(auto const found, needs_.social.find_comments({&id, 1}));
        if (found.empty() || found[0].deleted || (found[0].hidden && !asked.moderates)) return gone();
        auto title = needs_.titles.get_visible(found[0].movie, asked);
        return title ? Result<UserId>{found[0].author} : as_gone(title);
    }
    if (subject.type == ContentType::media) {
        media::MediaId const id{subject.id.value};
        MOZI_TRY(auto const found, needs_.media.find_media({&id, 1}, asked));
        if (found.empty()) return gone();
        auto const& medium = found[0];
        // The media module gives an address to those who may watch.
        auto const seen = medium.owner == asked.user || asked.moderates || (!medium.hidden && (medium.hls_url || medium.poster_url));
        return seen ? Result<UserId>{medium.owner} : gone();
    }
    auto person = needs_.users.get_person({subject.id.value});
    return person ? Result<UserId>{person->id} : as_gone(person);
}

Result<std::map<UserId, Participant>> Subjects::people(std::vector<UserId> ids) {
    make_unique(ids);
    if (!ids.empty() && !ids.front()) ids.erase(ids.begin());
    std::map<UserId, Participant> out;
    if (ids.empty()) return out;
    MOZI_TRY(auto found, needs_.users.find_people(ids));
    for (auto& person : found) out[person.id] = {person.id, std::move(person.username), std::move(person.display_name), std::move(person.avatar_url)};
    return out;
}

} // namespace mozi::moderation
