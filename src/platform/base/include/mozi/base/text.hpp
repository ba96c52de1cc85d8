// Text: UTF-8 checks, folding, encodings. Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mozi {

bool is_utf8(std::string_view text);
// Code points of valid UTF-8.
std::size_t length_utf8(std::string_view text);
// NFKC with case folding: what two names are compared by. Idempotent.
std::string fold(std::string_view text);
// NFC, as stored.
std::string normalise(std::string_view text);
std::string_view trim(std::string_view text); // ASCII white space
bool iequals(std::string_view a, std::string_view b); // ASCII
std::string lower_ascii(std::string_view text);
bool has_control(std::string_view text); // C0 other than \t \n \r, DEL, C1 other than NEL

// --- what people type (people.cpp), by Unicode ---
// Something of it can be seen: not only spaces, zero-width and format characters, fillers and blanks.
bool is_visible(std::string_view text);
// Every one of its characters can be seen: what an address consists of.
bool is_all_visible(std::string_view text);
// Nothing but white space; true for nothing at all.
bool is_white_space(std::string_view text);
// Without the white space and the zero-width characters at both ends. What belongs to the letter or sign beside it stays: joiners,
// and behind it variation selectors and tags.
std::string_view trim_unicode(std::string_view text);
// For a text of one line: tabs, line ends and separators become a space each, CR LF one.
std::string one_line(std::string_view text);
// A file's name as one line that reads in the order it is written: controls are spaces, what turns the direction of its neighbours
// goes, at most `most` characters, of which the ending stays.
std::string file_name(std::string_view text, std::size_t most);
// For a text of several lines: at most two in a row show nothing.
std::string squeeze_lines(std::string_view text);
// Letters, digits and signs of full width become the ordinary ones, the ideographic full stop a dot. For names and addresses.
std::string narrow(std::string_view text);
// What is hashed of a password (RFC 8265, OpaqueString): every space an ordinary one, NFC. Case and spaces around stay. Idempotent.
std::string prepare_password(std::string_view text);

std::string base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text); // strict, padded
std::string base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text); // strict: unpadded, canonical
std::string hex(std::string_view bytes);
// Percent-decodes once; nullopt for a bad escape, NUL or invalid UTF-8. `plus_is_space` for queries.
enum class Plus { literal, space };
std::optional<std::string> percent_decode(std::string_view text, Plus plus = Plus::literal);
std::string percent_encode(std::string_view text);
// The shape of RFC 5646, section 2.1: a language of two to eight letters, then parts of up to eight letters and digits.
inline constexpr std::size_t most_language_tag = 35; // section 4.4.1
bool is_language_tag(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
// Nearest of `candidates` by edit distance, within `most`; empty when none is near.
std::string_view nearest(std::string_view word, std::vector<std::string_view> const& candidates, std::size_t most = 3);

} // namespace mozi
