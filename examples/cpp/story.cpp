// The story of examples/story/README.md in C++17, with lienthong.hpp.
//
// Usage: story CONFIG FILE FILE FOLDER
#include "lienthong.hpp"

#include <chrono>
#include <fstream>
#include <iostream>

using namespace lienthong;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 60s;

// Waits until a member of what is known of a packet has a value.
void await(Connector &connector, const std::string &id, const std::string &pointer,
           const std::string &wanted) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < end) {
        if (json_get(connector.why(id), pointer) == wanted) {
            return;
        }
        const std::string events = connector.events(100, 1s);
        for (int i = 0; auto number = json_get(events, "/" + std::to_string(i) + "/number"); i++) {
            connector.events_done(std::stoll(*number));
        }
    }
    throw std::runtime_error(id + " is not " + wanted + " within a minute");
}

void print_statuses(const Connector &connector, const std::string &id) {
    const std::string statuses = connector.statuses(id);
    for (int i = 0;; i++) {
        const std::string place = "/" + std::to_string(i);
        const auto organ = json_get(statuses, place + "/organ");
        if (!organ) {
            break;
        }
        std::cout << *organ << " says " << *json_get(statuses, place + "/code") << '\n';
    }
}

Document document(const std::string &number) {
    Document document;
    document.set("From/OrganId", "H99.01")
        .set("From/OrganName", "Cơ quan thí dụ")
        .set("To/OrganId", "000.00.00.G22")
        .set("DocumentId", "H99.01,2026/03/04," + number + "/STD-VP")
        .set("Code/CodeNumber", number)
        .set("Code/CodeNotation", "STD-VP")
        .set("PromulgationInfo/Place", "Thí dụ")
        .set("PromulgationInfo/PromulgationDate", "2026-03-04")
        .set("Subject", "V/v thí dụ");
    return document;
}

std::string send(Connector &connector, const Document &document) {
    return *json_get(connector.send(document, StateSecret::not_contained), "/outgoing");
}

void tell(int argc, char **argv) {
    if (argc != 5) {
        throw std::runtime_error("usage: story CONFIG FILE FILE FOLDER");
    }
    require_matching_library();
    const std::string first = argv[2], second = argv[3], folder = argv[4];
    Connector connector(Config().load_file(argv[1]));

    Document seven = document("7");
    const std::string sent = send(connector, seven.attach_path(first).attach_path(second));
    std::cout << "sent " << *seven.element("DocumentId") << " with 2 files\n";
    await(connector, sent, "/outgoing/recipients/0/state", "finished");
    print_statuses(connector, sent);

    const std::optional<Incoming> incoming = connector.poll(patience);
    if (!incoming) {
        throw std::runtime_error("nothing came within a minute");
    }
    const Packet packet = incoming->packet();
    packet.extract(folder);
    std::cout << "received " << *packet.element("DocumentId") << " from " << incoming->from()
              << " with " << packet.attachment_count() << " file of "
              << packet.attachment_bytes(1).size() << " bytes\n";
    const std::string item = incoming->json();
    std::cout << "authenticity " << *json_get(item, "/signatures/authenticity")
              << ": packet signature " << *json_get(item, "/signatures/packet_signature/verdict")
              << ", seal " << *json_get(item, "/signatures/seal/verdict") << '\n';
    connector.accept(*incoming);
    for (const int32_t code : {3, 4, 5, 6}) {
        connector.report(incoming->id(), code);
    }
    for (int i = 0; i < 5; i++) {
        const std::string report = "/incoming/reports/" + std::to_string(i);
        await(connector, incoming->id(), report + "/recipients/0/delivery", "accepted");
        std::cout << "reported " << *json_get(connector.why(incoming->id()), report + "/status")
                  << '\n';
    }

    Document eight = document("8");
    std::ifstream file(second, std::ios::binary);
    eight.attach("Phụ lục.txt", [&](uint8_t *buffer, size_t capacity) {
        file.read(reinterpret_cast<char *>(buffer), static_cast<std::streamsize>(capacity));
        return static_cast<size_t>(file.gcount());
    });
    const std::string other = send(connector, eight);
    std::cout << "sent " << *eight.element("DocumentId") << " with 1 file\n";
    await(connector, other, "/outgoing/recipients/0/state", "arrived");
    connector.recall(other, "Ban hành nhầm");
    await(connector, other, "/outgoing/recipients/0/state", "recalled");
    print_statuses(connector, other);
    std::cout << "recalled\n";
    if (!connector.close()) {
        throw std::runtime_error("the connector did not close in time");
    }
}

} // namespace

int main(int argc, char **argv) {
    try {
        tell(argc, argv);
    } catch (const std::exception &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    // Every destructor has run.
    if (lienthong_live_handles() != 0) {
        std::cerr << "something was left behind\n";
        return 1;
    }
    std::cout << "closed\n";
    return 0;
}
