// Whether a certificate and its key can be used, for who asks before a server starts.
#pragma once

#include <mozi/net/server.hpp>

#include <string>

namespace mozi::net {

// Why a server could not speak TLS with them: a file that cannot be read or is no PEM, a key of another certificate. Empty: it could.
std::string fault_of_tls(TlsFiles const& files);

} // namespace mozi::net
