// Request and Response: what the application sees of a message.
#include <mozi/net/head_judge.hpp>
#include <mozi/net/server.hpp>

#include <unistd.h>

namespace mozi::net {

std::string_view to_string(Method method) {
    switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::delete_: return "DELETE";
    case Method::options: return "OPTIONS";
    case Method::other: break;
    }
    return "OTHER";
}

std::string_view const* Request::find(std::string_view name) const {
    for (auto const& header : headers) {
        if (iequals(header.name, name)) return &header.value;
    }
    return nullptr;
}

std::string_view const* Request::find_last(std::string_view name) const {
    std::string_view const* found = nullptr;
    for (auto const& header : headers) {
        if (iequals(header.name, name)) found = &header.value;
    }
    return found;
}

File::~File() {
    if (fd >= 0) ::close(fd);
}

void Response::add(std::string_view name, std::string_view value) {
    head.append(name).append(": ");
    for (char c : value) {
        auto const byte = static_cast<unsigned char>(c);
        head.push_back(byte < 0x20 || byte == 0x7f ? ' ' : c); // a value can never start a line of its own
    }
    head.append("\r\n");
}

std::uint64_t Response::body_size() const {
    if (auto const* text = std::get_if<std::string>(&body)) return text->size();
    if (auto const* shared = std::get_if<std::shared_ptr<std::string const>>(&body)) return *shared ? (*shared)->size() : 0;
    return std::get<FileRange>(body).length;
}

Response Response::missing() {
    Response none;
    none.status = 0;
    return none;
}

} // namespace mozi::net
