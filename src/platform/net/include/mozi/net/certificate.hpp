// Looking at a certificate and its key without serving anything.
#pragma once

#include <mozi/net/server.hpp>

#include <chrono>
#include <string>

namespace mozi::net {

struct CertificateSeen {
    std::string fault; // as a sentence; empty: a server can use them, whatever the day
    bool pair = true; // false: the key is another certificate's
    std::chrono::sys_time<std::chrono::microseconds> from{}, until{};
    int chain = 0; // certificates in the file
    bool self_signed = false;
};
CertificateSeen look_at_certificate(TlsFiles const& files);
// Whether the first certificate of the file names this host, or address.
bool certificate_names(std::string const& file, std::string const& host);

// "3.0.15"
std::string tls_library_version();

} // namespace mozi::net
