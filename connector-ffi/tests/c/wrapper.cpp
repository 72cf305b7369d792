// What of examples/cpp/lienthong.hpp the story does not use: signatures, the calls of the axis, tables.
#include "keys.h"

#include "../../../examples/cpp/lienthong.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <openssl/evp.h>
#include <openssl/pem.h>

using namespace lienthong;

namespace {

std::string folder, url;

std::vector<uint8_t> contents(const char *name) {
    std::ifstream file(folder + "/" + name, std::ios::binary);
    CHECK(file.good());
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Config config_for(const char *system) {
    Config config;
    config.set("axis.url", url).set("axis.system_id", system).set("axis.secret", "made-up");
    config.set("connector.organs", *system == 'a' ? FIRST : SECOND);
    config.set("store.path", folder + "/" + system).set("receive.interval", "50");
    return config;
}

Document document(const std::string &number) {
    Document document;
    document.set("From/OrganId", FIRST)
        .set("To/OrganId", SECOND)
        .set("DocumentId", "H99.01-2026-" + number)
        .set("Code/CodeNumber", number)
        .set("Code/CodeNotation", "TD-VP")
        .set("PromulgationInfo/Place", "Thí dụ")
        .set("PromulgationInfo/PromulgationDate", "2026-03-04")
        .set("Subject", "V/v thí dụ");
    const std::string file = "%PDF-1.4 made up\n";
    document.attach_bytes("a.pdf", reinterpret_cast<const uint8_t *>(file.data()), file.size(),
                          "Phụ lục", "tep-1@H99.01");
    return document;
}

// Signs with libcrypto.
std::vector<uint8_t> with_rsa(EVP_PKEY *key, const uint8_t *message, size_t length) {
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
    std::vector<uint8_t> value(512);
    size_t count = value.size();
    CHECK(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1);
    CHECK(EVP_DigestSign(context.get(), value.data(), &count, message, length) == 1);
    value.resize(count);
    return value;
}

template <typename Work> int32_t fails(Work work) {
    try {
        work();
    } catch (const Error &error) {
        return error.code();
    }
    return LIENTHONG_OK;
}

void signatures() {
    std::FILE *file = std::fopen((folder + "/rsa.key").c_str(), "rb");
    CHECK(file != nullptr);
    std::shared_ptr<EVP_PKEY> key(PEM_read_PrivateKey(file, nullptr, nullptr, nullptr),
                                  EVP_PKEY_free);
    std::fclose(file);
    const Signer signer("rsa-sha256", contents("rsa.der"),
                        [key](const uint8_t *message, size_t length) {
                            return with_rsa(key.get(), message, length);
                        });
    CHECK(key.use_count() == 2);
    Config trust;
    trust.set("signature.trust", folder + "/trust").set("signature.policy", "strict");
    const Verifier verifier(trust);

    const std::vector<uint8_t> bytes = document("1").to_bytes();
    const Packet packet = Packet::borrowed(bytes.data(), bytes.size());
    CHECK(packet.attachment_bytes(1).size() == 17);
    const Verified before = packet.verify(verifier);
    CHECK(!before.met && json_get(before.report, "/authenticity") == "unproven");
    const std::vector<uint8_t> both = packet.sign_to_bytes(signer, What::both);
    const Verified after = Packet::from_bytes(both.data(), both.size()).verify(verifier);
    CHECK(after.met && json_get(after.report, "/seal/verdict") == "valid");
    CHECK(packet.sign_to_path(signer, What::packet, folder + "/cpp.edxml", 1772582400000) > 2000);
    CHECK(xmlsec1_takes(folder.c_str(), "cpp.edxml"));
    const Verified claimed = Packet::from_path(folder + "/cpp.edxml").verify(verifier);
    CHECK(json_get(claimed.report, "/packet_signature/time") == "2026-03-04T00:00:00Z");

    const Signer throws("rsa-sha256", contents("rsa.der"),
                        [](const uint8_t *, size_t) -> std::vector<uint8_t> {
                            throw std::runtime_error("no token");
                        });
    CHECK(fails([&] { packet.sign_to_bytes(throws, What::seal); }) ==
          LIENTHONG_ERROR_SIGNING_FAILED);
    const Signer long_winded("rsa-sha256", contents("rsa.der"), [](const uint8_t *, size_t) {
        return std::vector<uint8_t>(2000);
    });
    CHECK(fails([&] { packet.sign_to_bytes(long_winded, What::seal); }) ==
          LIENTHONG_ERROR_SIGNING_FAILED);
    CHECK(fails([&] { Signer{Config{}}; }) == LIENTHONG_ERROR_CONFIG_MISSING);

    // A connector signs with it.
    Config config = config_for("b");
    config.set("signature.trust", folder + "/trust").set("signature.policy", "require-seal");
    Connector receiver(config);
    config = config_for("a");
    config.set("signature.seal_for", "all");
    Connector sender(config, signer);
    sender.send(document("2"), StateSecret::not_contained);
    const std::optional<Incoming> incoming = receiver.poll(std::chrono::minutes(1));
    CHECK(incoming && json_get(incoming->json(), "/signatures/seal/verdict") == "valid");
    receiver.accept(*incoming);
    size_t at = 0;
    const std::vector<uint8_t> own = document("3").to_bytes();
    const Source source = [&](uint8_t *buffer, size_t capacity) {
        const size_t count = std::min(capacity, own.size() - at);
        std::copy_n(own.begin() + static_cast<std::ptrdiff_t>(at), count, buffer);
        at += count;
        return count;
    };
    const std::string sent = sender.send_packet(source, StateSecret::not_contained);
    CHECK(json_get(sent, "/again") == "false");
    CHECK(fails([&] { sender.assign_answer("out-777", SECOND, 15); }) == LIENTHONG_ERROR_NOT_FOUND);
}

void calls() {
    Client sender(config_for("a")), receiver(config_for("b"));
    document("4").to_path(folder + "/four.edxml");
    const std::string sent = sender.send_path(folder + "/four.edxml", FIRST, {SECOND},
                                              LIENTHONG_MESSAGE_EDOC);
    CHECK(json_get(sent, "/0/outcome") == "accepted");
    CHECK(receiver.count(LIENTHONG_MESSAGE_EDOC) == 1);
    const std::string waiting = receiver.list_received(LIENTHONG_MESSAGE_EDOC);
    const std::string id = *json_get(waiting, "/0/doc_id");
    CHECK(receiver.get_to_path(id, folder + "/got.edxml") ==
          receiver.download_to_path(id, folder + "/loaded.edxml"));
    receiver.acknowledge(id, LIENTHONG_ACKNOWLEDGE_PROCESSING);
    receiver.acknowledge(id, LIENTHONG_ACKNOWLEDGE_DONE);
    CHECK(json_get(sender.list_sent(LIENTHONG_MESSAGE_EDOC, json_get(sent, "/0/doc_id")),
                   "/0/to_code") == SECOND);
    sender.register_agency(R"({"code":"H99.03","parent_code":"H99.01","name":"Cơ quan thí dụ"})");
    CHECK(sender.agencies().find("H99.03") != std::string::npos);
    CHECK(sender.synchronize_units().find("H99.03") != std::string::npos);
    CHECK(!sender.agencies_qd20(1).empty());
    sender.delete_agency("H99.03");
    sender.close();
    CHECK(fails([&] { sender.agencies(); }) == LIENTHONG_ERROR_CLOSED);
}

void tables() {
    CHECK(codes().size() == lienthong_code_count() && codes().front().name == "invalid-argument");
    CHECK(json_get(finding_codes(), "/0/code") && !version().empty());
    try {
        Config().set("no.such", "x");
        CHECK(false);
    } catch (const Error &error) {
        const auto all = error.context();
        CHECK(!all.empty() && all.front().second == error.context(all.front().first.c_str()));
    }
    const std::vector<uint8_t> status = status_to_bytes(
        R"({"From":{"OrganId":"H99.02"},"ResponseFor":{"OrganId":"H99.01","Code":"1/TD-VP",
        "DocumentId":"H99.01-2026-1","PromulgationDate":"2026-03-04"},"StatusCode":"03",
        "Timestamp":"2026-03-05T09:00:00"})");
    CHECK(Packet::from_bytes(status.data(), status.size()).kind() == LIENTHONG_KIND_STATUS);
}

} // namespace

int main(int argc, char **argv) {
    folder = folder_of(argc, argv);
    url = argv[2];
    require_matching_library();
    made_keys(folder.c_str());
    tables();
    calls();
    signatures();
    return all_is_freed();
}
