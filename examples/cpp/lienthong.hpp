// lienthong for C++17: the C interface with destructors, exceptions and strings.
//
// Header only; link with liblienthong. What a call means stands in lienthong.h and docs/c-abi.md.
// Objects are moved, not copied; a connector may be used from any number of threads.
// SPDX-License-Identifier: Apache-2.0
#ifndef LIENTHONG_HPP
#define LIENTHONG_HPP

#include <lienthong.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lienthong {

// A failure of the library. what() is its whole message in English.
class Error : public std::exception {
public:
    explicit Error(lienthong_error_t *error) : error_(error, lienthong_error_free) {}

    const char *what() const noexcept override {
        const char *text = lienthong_error_message(error_.get(), LIENTHONG_ENGLISH);
        return text == nullptr ? "lienthong: an error without a place for it" : text;
    }
    std::string message(int32_t language) const {
        return text(lienthong_error_message(error_.get(), language));
    }
    int32_t code() const noexcept { return lienthong_error_code(error_.get()); }
    std::string name() const { return text(lienthong_error_name(error_.get())); }
    int32_t retry() const noexcept { return lienthong_error_retry(error_.get()); }
    int32_t who_acts() const noexcept { return lienthong_error_who_acts(error_.get()); }
    std::string operation() const { return text(lienthong_error_operation(error_.get())); }
    std::string remote_code() const { return text(lienthong_error_remote_code(error_.get())); }
    std::string context(const char *name) const {
        return text(lienthong_error_context(error_.get(), name));
    }
    // All of it, in its order: names and values.
    std::vector<std::pair<std::string, std::string>> context() const {
        std::vector<std::pair<std::string, std::string>> all;
        for (size_t i = 0; i < lienthong_error_context_count(error_.get()); i++) {
            all.emplace_back(text(lienthong_error_context_name(error_.get(), i)),
                             text(lienthong_error_context_value(error_.get(), i)));
        }
        return all;
    }
    std::string findings() const { return text(lienthong_error_findings(error_.get())); }
    std::string json() const { return text(lienthong_error_json(error_.get())); }

private:
    static std::string text(const char *text) { return text == nullptr ? "" : text; }

    // Shared, since exceptions are copied.
    std::shared_ptr<lienthong_error_t> error_;
};

// Asks a library of another binary interface to be refused at the program's start.
inline void require_matching_library() {
    if (lienthong_abi_version() != LIENTHONG_ABI_VERSION) {
        throw std::runtime_error("liblienthong and lienthong.h do not belong together");
    }
}

namespace detail {

// Makes a call whose last argument is the place for an error.
template <typename Function, typename... Arguments>
void call(Function function, Arguments... arguments) {
    lienthong_error_t *error = nullptr;
    if (function(arguments..., &error) != LIENTHONG_OK) {
        throw Error(error);
    }
}

// A text that a call gives, taken over; none where it is NULL.
class Text {
public:
    Text() = default;
    Text(const Text &) = delete;
    Text &operator=(const Text &) = delete;
    ~Text() { lienthong_string_free(text_); }
    char **place() { return &text_; }
    std::string str() const { return text_ == nullptr ? std::string() : std::string(text_); }
    std::optional<std::string> optional() const {
        return text_ == nullptr ? std::nullopt : std::optional<std::string>(text_);
    }

private:
    char *text_ = nullptr;
};

class Bytes {
public:
    Bytes() = default;
    Bytes(const Bytes &) = delete;
    Bytes &operator=(const Bytes &) = delete;
    ~Bytes() { lienthong_bytes_free(data_, length_); }
    uint8_t **data() { return &data_; }
    size_t *length() { return &length_; }
    std::vector<uint8_t> vector() const { return {data_, data_ + length_}; }

private:
    uint8_t *data_ = nullptr;
    size_t length_ = 0;
};

// A call that gives a text in its last argument before the error.
template <typename Function, typename... Arguments>
std::string text(Function function, Arguments... arguments) {
    Text text;
    call(function, arguments..., text.place());
    return text.str();
}

template <typename Function, typename... Arguments>
std::optional<std::string> optional(Function function, Arguments... arguments) {
    Text text;
    call(function, arguments..., text.place());
    return text.optional();
}

inline const char *c(const std::optional<std::string> &text) {
    return text ? text->c_str() : nullptr;
}

inline std::vector<const char *> c(const std::vector<std::string> &texts) {
    std::vector<const char *> list;
    for (const std::string &text : texts) {
        list.push_back(text.c_str());
    }
    return list;
}

inline int64_t millis(std::chrono::milliseconds time) { return time.count(); }

template <typename T, void (*Free)(T *)> struct Freer {
    void operator()(T *handle) const { Free(handle); }
};
template <typename T, void (*Free)(T *)> using Handle = std::unique_ptr<T, Freer<T, Free>>;

} // namespace detail

// Fills a buffer; gives how many bytes, 0 at the end. May throw.
using Source = std::function<size_t(uint8_t *buffer, size_t capacity)>;
// Takes bytes. May throw.
using Sink = std::function<void(const uint8_t *data, size_t length)>;
// Takes a line of the log, on any thread. What it throws is lost.
using Log = std::function<void(int32_t level, std::string_view target, std::string_view message)>;
// Gives the signature of a message (ECDSA: r and s side by side), on the thread that signs, so on
// several at once. What it throws is lost; the call fails with LIENTHONG_ERROR_SIGNING_FAILED.
using Sign = std::function<std::vector<uint8_t>(const uint8_t *message, size_t length)>;

namespace detail {

// Nothing is thrown through the library: what a callback throws waits here.
struct Pull {
    const Source &source;
    std::exception_ptr thrown;

    static int64_t read(void *self, uint8_t *buffer, size_t capacity) noexcept {
        Pull &pull = *static_cast<Pull *>(self);
        try {
            return static_cast<int64_t>(pull.source(buffer, capacity));
        } catch (...) {
            pull.thrown = std::current_exception();
            return -1;
        }
    }
};

struct Push {
    const Sink &sink;
    std::exception_ptr thrown;

    static int32_t write(void *self, const uint8_t *data, size_t length) noexcept {
        Push &push = *static_cast<Push *>(self);
        try {
            push.sink(data, length);
            return 0;
        } catch (...) {
            push.thrown = std::current_exception();
            return 1;
        }
    }
};

inline int32_t sign(void *self, const uint8_t *message, size_t length, uint8_t *signature,
                    size_t capacity, size_t *written) noexcept {
    try {
        const std::vector<uint8_t> value = (*static_cast<Sign *>(self))(message, length);
        if (value.size() > capacity) {
            return 2;
        }
        std::copy(value.begin(), value.end(), signature);
        *written = value.size();
        return 0;
    } catch (...) {
        return 1;
    }
}

template <typename Callback, typename Work> void calling(Callback &callback, Work work) {
    try {
        work();
    } catch (const Error &) {
        if (callback.thrown) {
            std::rethrow_exception(callback.thrown);
        }
        throw;
    }
}

} // namespace detail

// What a JSON pointer leads to; none where there is nothing.
inline std::optional<std::string> json_get(const std::string &json, const std::string &pointer) {
    return detail::optional(lienthong_json_get, json.c_str(), pointer.c_str());
}

// The version of the library, e.g. "0.1.0".
inline std::string version() { return lienthong_version(); }
// The table of finding codes as JSON.
inline std::string finding_codes() { return detail::text(lienthong_finding_codes); }

// A row of the table of error codes.
struct Code {
    int32_t number, retry, who_acts;
    std::string name, english, vietnamese;
};

inline std::vector<Code> codes() {
    std::vector<Code> all;
    for (size_t i = 0; i < lienthong_code_count(); i++) {
        const int32_t code = lienthong_code_at(i);
        all.push_back({code, lienthong_code_retry(code), lienthong_code_who_acts(code),
                       lienthong_code_name(code),
                       lienthong_code_message(code, LIENTHONG_ENGLISH),
                       lienthong_code_message(code, LIENTHONG_VIETNAMESE)});
    }
    return all;
}

class Config {
public:
    Config() {
        lienthong_config_t *config = nullptr;
        detail::call(lienthong_config_new, &config);
        handle_.reset(config);
    }
    Config &set(const std::string &key, const std::string &value) {
        detail::call(lienthong_config_set, get(), key.c_str(), value.c_str());
        return *this;
    }
    std::optional<std::string> get(const std::string &key) const {
        return detail::optional(lienthong_config_get, get(), key.c_str());
    }
    Config &load_file(const std::string &path) {
        detail::call(lienthong_config_load_file, get(), path.c_str());
        return *this;
    }
    Config &load_environment() {
        detail::call(lienthong_config_load_environment, get());
        return *this;
    }
    Config &set_log(int32_t level, Log log) {
        auto line = [](void *log, int32_t level, const char *target, const char *message) {
            try {
                (*static_cast<Log *>(log))(level, target, message);
            } catch (...) {
            }
        };
        auto drop = [](void *log) { delete static_cast<Log *>(log); };
        detail::call(lienthong_config_set_log, get(), level, +line, new Log(std::move(log)), +drop);
        return *this;
    }
    static std::string keys() { return detail::text(lienthong_config_keys); }
    lienthong_config_t *get() const { return handle_.get(); }

private:
    detail::Handle<lienthong_config_t, lienthong_config_free> handle_;
};

// Who signs: the key file of a config, or a function.
class Signer {
public:
    explicit Signer(const Config &config) {
        lienthong_signer_t *signer = nullptr;
        detail::call(lienthong_signer_from_config, config.get(), &signer);
        handle_.reset(signer);
    }
    // The certificates are in DER, one behind the other, that of the key first.
    Signer(const std::string &algorithm, const std::vector<uint8_t> &certificates, Sign sign) {
        auto drop = [](void *sign) { delete static_cast<Sign *>(sign); };
        lienthong_signer_t *signer = nullptr;
        detail::call(lienthong_signer_from_callback, algorithm.c_str(), certificates.data(),
                     certificates.size(), &detail::sign, new Sign(std::move(sign)), +drop, &signer);
        handle_.reset(signer);
    }
    lienthong_signer_t *get() const { return handle_.get(); }

private:
    detail::Handle<lienthong_signer_t, lienthong_signer_free> handle_;
};

enum class What : int32_t {
    packet = LIENTHONG_SIGN_PACKET,
    seal = LIENTHONG_SIGN_SEAL,
    both = LIENTHONG_SIGN_BOTH,
};

// What is trusted, by the keys signature.... of a config. One for a whole server.
class Verifier {
public:
    explicit Verifier(const Config &config) {
        lienthong_verifier_t *verifier = nullptr;
        detail::call(lienthong_verifier_new, config.get(), &verifier);
        handle_.reset(verifier);
    }
    lienthong_verifier_t *get() const { return handle_.get(); }

private:
    detail::Handle<lienthong_verifier_t, lienthong_verifier_free> handle_;
};

// The report on signatures, and whether signature.policy is met.
struct Verified {
    std::string report;
    bool met;
};

class Packet {
public:
    explicit Packet(lienthong_packet_t *packet) : handle_(packet) {}
    static Packet from_path(const std::string &path, const Config *config = nullptr) {
        lienthong_packet_t *packet = nullptr;
        detail::call(lienthong_packet_from_path, of(config), path.c_str(), &packet);
        return Packet(packet);
    }
    static Packet from_bytes(const uint8_t *data, size_t length, const Config *config = nullptr) {
        lienthong_packet_t *packet = nullptr;
        detail::call(lienthong_packet_from_bytes, of(config), data, length, &packet);
        return Packet(packet);
    }
    // The bytes stay the caller's, as they are, until the packet is gone.
    static Packet borrowed(const uint8_t *data, size_t length, const Config *config = nullptr) {
        lienthong_packet_t *packet = nullptr;
        detail::call(lienthong_packet_from_bytes_borrowed, of(config), data, length, &packet);
        return Packet(packet);
    }
    int32_t kind() const { return lienthong_packet_kind(get()); }
    bool readable() const { return lienthong_packet_readable(get()) != 0; }
    std::string json() const { return detail::text(lienthong_packet_json, get()); }
    std::optional<std::string> element(const std::string &path) const {
        return detail::optional(lienthong_packet_element, get(), path.c_str());
    }
    size_t element_count(const std::string &path) const {
        size_t count = 0;
        detail::call(lienthong_packet_element_count, get(), path.c_str(), &count);
        return count;
    }
    std::string check(bool sending = false, const char *profile = nullptr) const {
        return detail::text(lienthong_packet_check, get(), int32_t{sending}, profile);
    }
    int32_t worst(bool sending = false, const char *profile = nullptr) const {
        int32_t severity = 0;
        detail::call(lienthong_packet_worst, get(), int32_t{sending}, profile, &severity);
        return severity;
    }
    std::string compare(const Packet &came) const {
        return detail::text(lienthong_packet_compare, get(), came.get());
    }
    std::optional<std::string> meaning_digest() const {
        return detail::optional(lienthong_packet_meaning_digest, get());
    }
    uint64_t to_path(const std::string &path) const {
        uint64_t length = 0;
        detail::call(lienthong_packet_to_path, get(), path.c_str(), &length);
        return length;
    }
    uint64_t to(const Sink &sink) const {
        detail::Push push{sink, nullptr};
        uint64_t length = 0;
        detail::calling(push, [&] {
            detail::call(lienthong_packet_to_callback, get(), &detail::Push::write,
                         static_cast<void *>(&push), &length);
        });
        return length;
    }
    size_t attachment_count() const { return lienthong_packet_attachment_count(get()); }
    std::string attachment(size_t number) const {
        return detail::text(lienthong_packet_attachment, get(), number);
    }
    uint64_t attachment_to_path(size_t number, const std::string &path) const {
        uint64_t length = 0;
        detail::call(lienthong_packet_attachment_to_path, get(), number, path.c_str(), &length);
        return length;
    }
    std::vector<uint8_t> attachment_bytes(size_t number) const {
        detail::Bytes bytes;
        detail::call(lienthong_packet_attachment_to_bytes, get(), number, bytes.data(),
                     bytes.length());
        return bytes.vector();
    }
    uint64_t attachment_to(size_t number, const Sink &sink) const {
        detail::Push push{sink, nullptr};
        uint64_t length = 0;
        detail::calling(push, [&] {
            detail::call(lienthong_packet_attachment_to_callback, get(), number,
                         &detail::Push::write, static_cast<void *>(&push), &length);
        });
        return length;
    }
    std::string extract(const std::string &folder, bool keep_raw = false) const {
        return detail::text(lienthong_packet_extract, get(), folder.c_str(), int32_t{keep_raw});
    }
    // 0 is now; else milliseconds since 1970-01-01 UTC.
    Verified verify(const Verifier &verifier, int64_t at = 0) const {
        detail::Text report;
        int32_t met = 0;
        detail::call(lienthong_packet_verify, get(), verifier.get(), at, report.place(), &met);
        return {report.str(), met != 0};
    }
    // `at` is the time that the signature claims; 0 for none.
    uint64_t sign_to_path(const Signer &signer, What what, const std::string &path,
                          int64_t at = 0) const {
        uint64_t length = 0;
        detail::call(lienthong_packet_sign_to_path, get(), signer.get(),
                     static_cast<int32_t>(what), at, path.c_str(), &length);
        return length;
    }
    std::vector<uint8_t> sign_to_bytes(const Signer &signer, What what, int64_t at = 0) const {
        detail::Bytes bytes;
        detail::call(lienthong_packet_sign_to_bytes, get(), signer.get(),
                     static_cast<int32_t>(what), at, bytes.data(), bytes.length());
        return bytes.vector();
    }
    lienthong_packet_t *get() const { return handle_.get(); }

private:
    static const lienthong_config_t *of(const Config *config) {
        return config == nullptr ? nullptr : config->get();
    }
    detail::Handle<lienthong_packet_t, lienthong_packet_free> handle_;
};

class Document {
public:
    explicit Document(const Config *config = nullptr) {
        lienthong_document_t *document = nullptr;
        detail::call(lienthong_document_new, of(config), &document);
        handle_.reset(document);
    }
    static Document from_json(const std::string &json, const Config *config = nullptr) {
        lienthong_document_t *document = nullptr;
        detail::call(lienthong_document_from_json, of(config), json.c_str(), &document);
        return Document(document);
    }
    Document &set(const std::string &element, const std::optional<std::string> &value) {
        detail::call(lienthong_document_set, get(), element.c_str(), detail::c(value));
        return *this;
    }
    std::optional<std::string> element(const std::string &path) const {
        return detail::optional(lienthong_document_get, get(), path.c_str());
    }
    Document &act_on(int32_t action, const std::string &document_id,
                     const std::optional<std::string> &reason = std::nullopt) {
        detail::call(lienthong_document_act_on, get(), action, document_id.c_str(),
                     detail::c(reason));
        return *this;
    }
    Document &attach_path(const std::string &path,
                          const std::optional<std::string> &name = std::nullopt,
                          const std::optional<std::string> &description = std::nullopt,
                          const std::optional<std::string> &content_id = std::nullopt) {
        detail::call(lienthong_document_attach_path, get(), path.c_str(), detail::c(name),
                     detail::c(description), detail::c(content_id));
        return *this;
    }
    Document &attach_bytes(const std::string &name, const uint8_t *data, size_t length,
                           const std::optional<std::string> &description = std::nullopt,
                           const std::optional<std::string> &content_id = std::nullopt) {
        detail::call(lienthong_document_attach_bytes, get(), name.c_str(), data, length,
                     detail::c(description), detail::c(content_id));
        return *this;
    }
    Document &attach(const std::string &name, const Source &source,
                     const std::optional<std::string> &description = std::nullopt,
                     const std::optional<std::string> &content_id = std::nullopt) {
        detail::Pull pull{source, nullptr};
        detail::calling(pull, [&] {
            detail::call(lienthong_document_attach_callback, get(), name.c_str(),
                         &detail::Pull::read, static_cast<void *>(&pull), detail::c(description),
                         detail::c(content_id));
        });
        return *this;
    }
    std::string json() const { return detail::text(lienthong_document_json, get()); }
    std::string check() const { return detail::text(lienthong_document_check, get()); }
    uint64_t to_path(const std::string &path) const {
        uint64_t length = 0;
        detail::call(lienthong_document_to_path, get(), path.c_str(), &length);
        return length;
    }
    std::vector<uint8_t> to_bytes() const {
        detail::Bytes bytes;
        detail::call(lienthong_document_to_bytes, get(), bytes.data(), bytes.length());
        return bytes.vector();
    }
    uint64_t to(const Sink &sink) const {
        detail::Push push{sink, nullptr};
        uint64_t length = 0;
        detail::calling(push, [&] {
            detail::call(lienthong_document_to_callback, get(), &detail::Push::write,
                         static_cast<void *>(&push), &length);
        });
        return length;
    }
    lienthong_document_t *get() const { return handle_.get(); }

private:
    explicit Document(lienthong_document_t *document) : handle_(document) {}
    static const lienthong_config_t *of(const Config *config) {
        return config == nullptr ? nullptr : config->get();
    }
    detail::Handle<lienthong_document_t, lienthong_document_free> handle_;
};

// The bytes of a status packet made from JSON.
inline std::vector<uint8_t> status_to_bytes(const std::string &json,
                                            const Config *config = nullptr) {
    const lienthong_config_t *rules = config == nullptr ? nullptr : config->get();
    detail::Bytes bytes;
    detail::call(lienthong_status_to_bytes, rules, json.c_str(), bytes.data(), bytes.length());
    return bytes.vector();
}

class Incoming {
public:
    explicit Incoming(lienthong_incoming_t *incoming) : handle_(incoming) {}
    std::string id() const { return lienthong_incoming_id(get()); }
    int64_t lease() const { return lienthong_incoming_lease(get()); }
    std::string own_organ() const { return lienthong_incoming_own_organ(get()); }
    std::string from() const { return lienthong_incoming_from(get()); }
    uint32_t attempt() const { return lienthong_incoming_attempt(get()); }
    bool redelivered() const { return attempt() > 1; }
    bool is_action() const { return lienthong_incoming_is_action(get()) != 0; }
    std::optional<std::string> acts_on() const { return of(lienthong_incoming_acts_on(get())); }
    std::optional<std::string> answers() const { return of(lienthong_incoming_answers(get())); }
    bool conflict() const { return lienthong_incoming_conflict(get()) != 0; }
    std::string json() const { return detail::text(lienthong_incoming_json, get()); }
    Packet packet() const {
        lienthong_packet_t *packet = nullptr;
        detail::call(lienthong_incoming_packet, get(), &packet);
        return Packet(packet);
    }
    lienthong_incoming_t *get() const { return handle_.get(); }

private:
    static std::optional<std::string> of(const char *text) {
        return text == nullptr ? std::nullopt : std::optional<std::string>(text);
    }
    detail::Handle<lienthong_incoming_t, lienthong_incoming_free> handle_;
};

// Whether a document holds state secrets: there is no default.
enum class StateSecret : int32_t {
    not_contained = LIENTHONG_STATE_SECRET_NOT_CONTAINED,
    contained = LIENTHONG_STATE_SECRET_CONTAINED,
};

class Connector {
public:
    explicit Connector(const Config &config) {
        lienthong_connector_t *connector = nullptr;
        detail::call(lienthong_connector_open, config.get(), &connector);
        handle_.reset(connector);
    }
    Connector(const Config &config, const Signer &signer) {
        lienthong_connector_t *connector = nullptr;
        detail::call(lienthong_connector_open_signing, config.get(), signer.get(), &connector);
        handle_.reset(connector);
    }
    // Gives whether every thread of the connector ended in time.
    bool close(std::chrono::milliseconds at_most = std::chrono::seconds(5)) {
        int32_t in_time = 0;
        detail::call(lienthong_connector_close, get(), detail::millis(at_most), &in_time);
        return in_time != 0;
    }
    void receive_now() { detail::call(lienthong_connector_receive_now, get()); }

    // Gives JSON: outgoing, again, findings.
    std::string send(const Document &document, StateSecret secret) {
        return detail::text(lienthong_connector_send, get(), document.get(),
                            static_cast<int32_t>(secret));
    }
    std::string send_packet_path(const std::string &path, StateSecret secret) {
        return detail::text(lienthong_connector_send_packet_path, get(), path.c_str(),
                            static_cast<int32_t>(secret));
    }
    std::string send_packet_bytes(const uint8_t *data, size_t length, StateSecret secret) {
        return detail::text(lienthong_connector_send_packet_bytes, get(), data, length,
                            static_cast<int32_t>(secret));
    }
    std::string send_packet(const Source &source, StateSecret secret) {
        detail::Pull pull{source, nullptr};
        std::string json;
        detail::calling(pull, [&] {
            json = detail::text(lienthong_connector_send_packet_callback, get(),
                                &detail::Pull::read, static_cast<void *>(&pull),
                                static_cast<int32_t>(secret));
        });
        return json;
    }

    std::optional<Incoming> poll(std::chrono::milliseconds at_most) {
        lienthong_incoming_t *incoming = nullptr;
        detail::call(lienthong_connector_poll, get(), detail::millis(at_most), &incoming);
        return incoming == nullptr ? std::nullopt : std::optional<Incoming>(incoming);
    }
    void accept(const Incoming &incoming) { accept(incoming.id(), incoming.lease()); }
    void accept(const std::string &id, int64_t lease) {
        detail::call(lienthong_connector_accept, get(), id.c_str(), lease);
    }
    void refuse(const Incoming &incoming, const std::string &reason,
                const std::optional<std::string> &staff = std::nullopt) {
        detail::call(lienthong_connector_refuse, get(), incoming.id().c_str(), incoming.lease(),
                     reason.c_str(), detail::c(staff));
    }
    void give_back(const Incoming &incoming, std::chrono::milliseconds pause) {
        detail::call(lienthong_connector_give_back, get(), incoming.id().c_str(), incoming.lease(),
                     detail::millis(pause));
    }
    std::string report(const std::string &incoming, int32_t code,
                       const std::optional<std::string> &note = std::nullopt,
                       const std::optional<std::string> &staff = std::nullopt) {
        return detail::text(lienthong_connector_report, get(), incoming.c_str(), code,
                            detail::c(note), detail::c(staff));
    }
    // Gives the ids of the requests as a JSON list. No organs are all.
    std::string recall(const std::string &outgoing, const std::string &reason,
                       const std::vector<std::string> &organs = {},
                       const std::optional<std::string> &staff = std::nullopt) {
        std::vector<const char *> list = detail::c(organs);
        return detail::text(lienthong_connector_recall, get(), outgoing.c_str(), list.data(),
                            list.size(), reason.c_str(), detail::c(staff));
    }
    std::optional<std::string> agree(const std::string &incoming,
                                     const std::optional<std::string> &note = std::nullopt,
                                     const std::optional<std::string> &staff = std::nullopt) {
        return detail::optional(lienthong_connector_agree, get(), incoming.c_str(),
                                detail::c(note), detail::c(staff));
    }
    std::optional<std::string> decline(const std::string &incoming, const std::string &reason,
                                       const std::optional<std::string> &staff = std::nullopt) {
        return detail::optional(lienthong_connector_decline, get(), incoming.c_str(),
                                reason.c_str(), detail::c(staff));
    }
    // Says which change an answer (15, 16) that fits several was meant for.
    void assign_answer(const std::string &change, const std::string &organ, int32_t answer) {
        detail::call(lienthong_connector_assign_answer, get(), change.c_str(), organ.c_str(),
                     answer);
    }
    uint64_t retry(const std::string &outgoing,
                   const std::optional<std::string> &organ = std::nullopt) {
        uint64_t count = 0;
        detail::call(lienthong_connector_retry, get(), outgoing.c_str(), detail::c(organ), &count);
        return count;
    }
    uint64_t drop(const std::string &outgoing,
                  const std::optional<std::string> &organ = std::nullopt) {
        uint64_t count = 0;
        detail::call(lienthong_connector_drop, get(), outgoing.c_str(), detail::c(organ), &count);
        return count;
    }

    std::string why(const std::string &id) const {
        return detail::text(lienthong_connector_why, get(), id.c_str());
    }
    std::string thread(const std::string &id) const {
        return detail::text(lienthong_connector_thread, get(), id.c_str());
    }
    std::string statuses(const std::string &outgoing) const {
        return detail::text(lienthong_connector_statuses, get(), outgoing.c_str());
    }
    std::string find_sent(const std::string &from, const std::string &document_id) const {
        return detail::text(lienthong_connector_find_sent, get(), from.c_str(),
                            document_id.c_str());
    }
    std::string stats() const { return detail::text(lienthong_connector_stats, get()); }
    std::string events(size_t limit, std::chrono::milliseconds at_most) const {
        return detail::text(lienthong_connector_events, get(), limit, detail::millis(at_most));
    }
    void events_done(int64_t up_to) {
        detail::call(lienthong_connector_events_done, get(), up_to);
    }
    std::string transfers() const { return detail::text(lienthong_connector_transfers, get()); }
    std::string quarantine(size_t limit) const {
        return detail::text(lienthong_connector_quarantine, get(), limit);
    }
    void read_again(const std::string &arrival) {
        detail::call(lienthong_connector_read_again, get(), arrival.c_str());
    }
    void drop_quarantined(const std::string &arrival) {
        detail::call(lienthong_connector_drop_quarantined, get(), arrival.c_str());
    }
    Packet packet(const std::string &id) const {
        lienthong_packet_t *packet = nullptr;
        detail::call(lienthong_connector_packet, get(), id.c_str(), &packet);
        return Packet(packet);
    }
    std::string doctor() { return detail::text(lienthong_connector_doctor, get()); }
    void backup(const std::string &folder) {
        detail::call(lienthong_connector_backup, get(), folder.c_str());
    }
    lienthong_connector_t *get() const { return handle_.get(); }

private:
    detail::Handle<lienthong_connector_t, lienthong_connector_free> handle_;
};

// The thirteen calls of an axis, without a store: each goes out at once, and nothing is repeated.
// `type` is LIENTHONG_MESSAGE_....
class Client {
public:
    explicit Client(const Config &config) {
        lienthong_client_t *client = nullptr;
        detail::call(lienthong_client_open, config.get(), &client);
        handle_.reset(client);
    }
    // Ends the calls of other threads.
    void close() { detail::call(lienthong_client_close, get()); }

    // Gives what became of it for each group of receivers, as JSON. No receivers are the packet's.
    std::string send_path(const std::string &path, const std::string &from,
                          const std::vector<std::string> &to, int32_t type) {
        std::vector<const char *> list = detail::c(to);
        return detail::text(lienthong_client_send_path, get(), path.c_str(), from.c_str(),
                            list.data(), list.size(), type);
    }
    std::string list_received(int32_t type) const {
        return detail::text(lienthong_client_list_received, get(), type);
    }
    std::string list_sent(int32_t type,
                          const std::optional<std::string> &doc_id = std::nullopt) const {
        return detail::text(lienthong_client_list_sent, get(), type, detail::c(doc_id));
    }
    uint64_t get_to_path(const std::string &doc_id, const std::string &path) const {
        uint64_t length = 0;
        detail::call(lienthong_client_get_to_path, get(), doc_id.c_str(), path.c_str(), &length);
        return length;
    }
    uint64_t download_to_path(const std::string &doc_id, const std::string &path) const {
        uint64_t length = 0;
        detail::call(lienthong_client_download_to_path, get(), doc_id.c_str(), path.c_str(),
                     &length);
        return length;
    }
    // LIENTHONG_ACKNOWLEDGE_....
    void acknowledge(const std::string &doc_id, int32_t acknowledgement) {
        detail::call(lienthong_client_acknowledge, get(), doc_id.c_str(), acknowledgement);
    }
    uint64_t count(int32_t type) const {
        uint64_t count = 0;
        detail::call(lienthong_client_count, get(), type, &count);
        return count;
    }
    std::string agencies() const { return detail::text(lienthong_client_agencies, get()); }
    std::string agencies_qd20(uint32_t level) const {
        return detail::text(lienthong_client_agencies_qd20, get(), level);
    }
    std::string synchronize_units() const {
        return detail::text(lienthong_client_synchronize_units, get());
    }
    void register_agency(const std::string &agency) {
        detail::call(lienthong_client_register_agency, get(), agency.c_str());
    }
    void delete_agency(const std::string &code) {
        detail::call(lienthong_client_delete_agency, get(), code.c_str());
    }
    lienthong_client_t *get() const { return handle_.get(); }

private:
    detail::Handle<lienthong_client_t, lienthong_client_free> handle_;
};

} // namespace lienthong

#endif // LIENTHONG_HPP
