/* The durable connector from both sides, with a client of the sender's store beside its worker: send,
 * receive, give back, refuse, accept, report, update, replace, recall, agree, decline, and every query. */
#include "check.h"

static lienthong_connector_t *sender, *beside, *receiver;

static void drop_json(char *json) {
    CHECK(json != NULL);
    lienthong_string_free(json);
}

static void queries(const char *folder, const char *id) {
    lienthong_error_t *error = NULL;
    lienthong_packet_t *packet = NULL;
    char *json = NULL;

    MUST(lienthong_connector_thread(sender, id, &json, &error));
    CHECK(is(json, "/0/outgoing", id));
    drop_json(json);
    json = NULL;
    MUST(lienthong_connector_thread(receiver, "in-1", &json, &error));
    drop_json(json);
    json = NULL;
    MUST(lienthong_connector_statuses(sender, id, &json, &error));
    CHECK(is(json, "/0/code", "01") && is(json, "/0/organ", SECOND));
    drop_json(json);
    json = NULL;
    MUST(lienthong_connector_find_sent(sender, FIRST, "H99.01-2026-1", &json, &error));
    CHECK(is(json, "/0", id));
    drop_json(json);
    json = NULL;
    MUST(lienthong_connector_stats(beside, &json, &error));
    CHECK(is(json, "/counts/recipient.accepted", "1"));
    drop_json(json);
    json = NULL;
    MUST(lienthong_connector_events(sender, 10, 0, &json, &error));
    drop_json(json);
    json = NULL;
    MUST(lienthong_connector_quarantine(receiver, 10, &json, &error));
    CHECK(strcmp(json, "[]") == 0);
    drop_json(json);
    json = NULL;
    MUST(lienthong_connector_transfers(sender, &json, &error));
    drop_json(json);
    json = NULL;
    MUST(lienthong_connector_doctor(sender, &json, &error));
    CHECK(strstr(json, "\"axis\"") != NULL && strstr(json, "\"vi\"") != NULL);
    drop_json(json);
    MUST(lienthong_connector_packet(sender, id, &packet, &error));
    CHECK(lienthong_packet_kind(packet) == LIENTHONG_KIND_DOCUMENT);
    lienthong_packet_free(packet);
    MUST(lienthong_connector_packet(receiver, "in-1", &packet, &error));
    lienthong_packet_free(packet);
    packet = NULL;
    FAILS(LIENTHONG_ERROR_NOT_FOUND,
          lienthong_connector_packet(receiver, "arrival-77", &packet, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_packet(receiver, "77", &packet, &error));
    FAILS(LIENTHONG_ERROR_NOT_FOUND, lienthong_connector_read_again(receiver, "arrival-77", &error));
    FAILS(LIENTHONG_ERROR_NOT_FOUND,
          lienthong_connector_drop_quarantined(receiver, "arrival-77", &error));
    MUST(lienthong_connector_receive_now(sender, &error));
    FAILS(LIENTHONG_ERROR_NOT_FOR_CLIENT, lienthong_connector_receive_now(beside, &error));
    MUST(lienthong_connector_backup(sender, path(folder, "backup"), &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_backup(sender, path(folder, "backup"), &error));
}

static void a_document(const char *folder) {
    lienthong_error_t *error = NULL;
    lienthong_incoming_t *incoming, *none = NULL;
    lienthong_document_t *document = document_of("1");
    char *id, *json = NULL, *report = NULL;
    int64_t lease;
    uint64_t count = 9;
    int code;

    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_send(beside, document, 0, &json, &error));
    FAILS(LIENTHONG_ERROR_STATE_SECRET,
          lienthong_connector_send(beside, document, LIENTHONG_STATE_SECRET_CONTAINED, &json, &error));
    /* Stored by a process without a network, sent by the worker. */
    MUST(lienthong_connector_send(beside, document, LIENTHONG_STATE_SECRET_NOT_CONTAINED, &json,
                                  &error));
    CHECK(is(json, "/again", "false"));
    lienthong_string_free(json);
    json = NULL;
    MUST(lienthong_connector_send(beside, document, LIENTHONG_STATE_SECRET_NOT_CONTAINED, &json,
                                  &error));
    CHECK(is(json, "/again", "true"));
    id = member(json, "/outgoing");
    lienthong_string_free(json);
    lienthong_document_free(document);

    incoming = shown(receiver);
    CHECK(strcmp(lienthong_incoming_id(incoming), "in-1") == 0);
    CHECK(strcmp(lienthong_incoming_own_organ(incoming), SECOND) == 0);
    CHECK(strcmp(lienthong_incoming_from(incoming), FIRST) == 0);
    CHECK(lienthong_incoming_attempt(incoming) == 1 && !lienthong_incoming_is_action(incoming));
    CHECK(lienthong_incoming_acts_on(incoming) == NULL && !lienthong_incoming_conflict(incoming));
    CHECK(lienthong_incoming_answers(incoming) == NULL);
    lease = lienthong_incoming_lease(incoming);
    MUST(lienthong_connector_give_back(receiver, "in-1", lease, 0, &error));
    FAILS(LIENTHONG_ERROR_LEASE_LOST, lienthong_connector_accept(receiver, "in-1", lease, &error));
    lienthong_incoming_free(incoming);
    incoming = shown(receiver);
    CHECK(lienthong_incoming_attempt(incoming) == 2);
    json = NULL;
    MUST(lienthong_incoming_json(incoming, &json, &error));
    CHECK(is(json, "/incoming", "in-1") && is(json, "/redelivered", "true"));
    CHECK(is(json, "/document/DocumentId", "H99.01-2026-1") && is(json, "/attachments/0/bytes", "17"));
    lienthong_string_free(json);
    accepted(receiver, incoming);
    lienthong_incoming_free(incoming);
    MUST(lienthong_connector_poll(receiver, 0, &none, &error));
    CHECK(none == NULL);

    FAILS(LIENTHONG_ERROR_PACKET_IMPOSSIBLE,
          lienthong_connector_report(receiver, "in-1", 2, NULL, NULL, &report, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_report(receiver, "out-1", 3, NULL, NULL, &report, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_report(receiver, "in-1", 3, NULL, "{\"Name\":\"x\"}", &report, &error));
    for (code = 3; code <= 6; code++) {
        MUST(lienthong_connector_report(receiver, "in-1", code, "Ghi chú",
                                        "{\"Department\":\"Văn thư\"}", &report, &error));
        lienthong_string_free(report);
        report = NULL;
    }
    FAILS(LIENTHONG_ERROR_STATUS_ILLEGAL,
          lienthong_connector_report(receiver, "in-1", 3, NULL, NULL, &report, &error));
    until(sender, id, "/outgoing/recipients/0/state", "finished");
    MUST(lienthong_connector_retry(sender, id, NULL, &count, &error));
    CHECK(count == 0);
    MUST(lienthong_connector_drop(sender, id, SECOND, &count, &error));
    CHECK(count == 0);
    queries(folder, id);
    lienthong_string_free(id);
}

/* Sends a document that acts on number 1 and gives what the receiver is shown, accepted. */
static char *acts(const char *number, int32_t action, lienthong_incoming_t **came) {
    lienthong_error_t *error = NULL;
    lienthong_document_t *document = document_of(number);
    char *id;
    MUST(lienthong_document_act_on(document, action, "H99.01-2026-1", "Lý do", &error));
    id = sent(sender, document);
    *came = shown(receiver);
    CHECK(lienthong_incoming_is_action(*came) == 1);
    CHECK(strcmp(lienthong_incoming_acts_on(*came), "in-1") == 0);
    return id;
}

static void actions(void) {
    static const char *const ORGANS[] = {"H99.02"};
    lienthong_error_t *error = NULL;
    lienthong_incoming_t *incoming = NULL;
    lienthong_packet_t *packet = NULL;
    char *id, *answer = NULL, *json = NULL;

    id = acts("2", LIENTHONG_ACTION_UPDATE, &incoming);
    FAILS(LIENTHONG_ERROR_STATUS_ILLEGAL,
          lienthong_connector_refuse(receiver, lienthong_incoming_id(incoming),
                                     lienthong_incoming_lease(incoming), "x", NULL, &error));
    MUST(lienthong_connector_agree(receiver, lienthong_incoming_id(incoming), NULL, NULL, &answer,
                                   &error));
    CHECK(answer != NULL);
    lienthong_string_free(answer);
    lienthong_incoming_free(incoming);
    lienthong_string_free(id);
    until(sender, "out-1", "/outgoing/recipients/0/change", "agreed");

    id = acts("3", LIENTHONG_ACTION_REPLACE, &incoming);
    answer = NULL;
    FAILS(LIENTHONG_ERROR_PACKET_IMPOSSIBLE,
          lienthong_connector_decline(receiver, lienthong_incoming_id(incoming), NULL, NULL, &answer,
                                      &error));
    MUST(lienthong_connector_decline(receiver, lienthong_incoming_id(incoming), "Đã xử lý", NULL,
                                     &answer, &error));
    lienthong_string_free(answer);
    lienthong_incoming_free(incoming);
    lienthong_string_free(id);
    until(sender, "out-1", "/outgoing/recipients/0/change", "declined");

    FAILS(LIENTHONG_ERROR_PACKET_IMPOSSIBLE,
          lienthong_connector_recall(sender, "out-1", NULL, 0, "", NULL, &json, &error));
    MUST(lienthong_connector_recall(sender, "out-1", ORGANS, 1, "Ban hành nhầm", NULL, &json,
                                    &error));
    CHECK(member(json, "/1") == NULL);
    lienthong_string_free(json);
    incoming = shown(receiver);
    CHECK(strcmp(lienthong_incoming_acts_on(incoming), "in-1") == 0);
    answer = NULL;
    /* A 15 like that of the update, within the same second, would count as the same status. */
    MUST(lienthong_connector_agree(receiver, lienthong_incoming_id(incoming), "Đồng ý", NULL,
                                   &answer, &error));
    lienthong_string_free(answer);
    lienthong_incoming_free(incoming);
    FAILS(LIENTHONG_ERROR_PAYLOAD_GONE,
          lienthong_connector_packet(receiver, "in-1", &packet, &error));
    until(sender, "out-1", "/outgoing/recipients/0/state", "recalled");
}

/* An answer that names no change, and two that wait for one: the host says which was meant. */
static void an_answer_that_fits_two(const char *folder, const char *url) {
    static const char *const TO[] = {"H99.01"};
    static const char STATUS[] =
        "{\"From\":{\"OrganId\":\"H99.02\"},\"ResponseFor\":{\"OrganId\":\"H99.01\","
        "\"Code\":\"20/TD-VP\",\"DocumentId\":\"H99.01-2026-20\",\"PromulgationDate\":\"2026-03-04\"},"
        "\"StatusCode\":\"15\",\"Timestamp\":\"2026-03-05T09:00:00\"}";
    lienthong_error_t *error = NULL;
    lienthong_config_t *config = config_of(folder, url, "b");
    lienthong_client_t *client = NULL;
    lienthong_document_t *document;
    lienthong_incoming_t *incoming;
    FILE *file = fopen(path(folder, "status.edxml"), "wb");
    uint8_t *data = NULL;
    size_t length = 0;
    char *id, *update, *requests = NULL, *recall, *json = NULL;
    int there = 0;

    id = sent(sender, document_of("20"));
    incoming = shown(receiver);
    accepted(receiver, incoming);
    lienthong_incoming_free(incoming);
    document = document_of("21");
    MUST(lienthong_document_act_on(document, LIENTHONG_ACTION_UPDATE, "H99.01-2026-20", "Lý do",
                                   &error));
    update = sent(sender, document);
    MUST(lienthong_connector_recall(sender, id, NULL, 0, "Ban hành nhầm", NULL, &requests, &error));
    recall = member(requests, "/0");
    lienthong_string_free(requests);
    until(sender, id, "/outgoing/recipients/0/state", "recall-requested");
    FAILS(LIENTHONG_ERROR_STATUS_ILLEGAL,
          lienthong_connector_assign_answer(sender, recall, SECOND, 15, &error));
    FAILS(LIENTHONG_ERROR_NOT_FOUND,
          lienthong_connector_assign_answer(sender, "out-777", SECOND, 15, &error));
    until(sender, update, "/outgoing/recipients/0/delivery", "accepted");

    MUST(lienthong_status_to_bytes(NULL, STATUS, &data, &length, &error));
    CHECK(file != NULL && fwrite(data, 1, length, file) == length && fclose(file) == 0);
    lienthong_bytes_free(data, length);
    MUST(lienthong_client_open(config, &client, &error));
    lienthong_config_free(config);
    MUST(lienthong_client_send_path(client, path(folder, "status.edxml"), SECOND, TO, 1,
                                    LIENTHONG_MESSAGE_STATUS, &json, &error));
    CHECK(is(json, "/0/outcome", "accepted"));
    lienthong_string_free(json);
    lienthong_client_free(client);
    while (!there) {
        json = NULL;
        MUST(lienthong_connector_statuses(sender, id, &json, &error));
        there = strstr(json, "\"ambiguous\"") != NULL;
        lienthong_string_free(json);
        json = NULL;
        MUST(lienthong_connector_events(sender, 1, there ? 0 : 50, &json, &error));
        lienthong_string_free(json);
    }
    MUST(lienthong_connector_assign_answer(sender, recall, SECOND, 15, &error));
    /* The recall is answered; the update goes on waiting. */
    until(sender, id, "/outgoing/recipients/0/state", "update-requested");
    json = NULL;
    MUST(lienthong_connector_statuses(sender, id, &json, &error));
    CHECK(strstr(json, "\"ambiguous\"") == NULL);
    lienthong_string_free(json);
    lienthong_string_free(recall);
    lienthong_string_free(update);
    lienthong_string_free(id);
}

static void packets_of_ones_own(const char *folder) {
    lienthong_error_t *error = NULL;
    lienthong_document_t *document = document_of("9");
    lienthong_incoming_t *incoming;
    uint8_t *data = NULL;
    size_t length = 0;
    char *json = NULL;

    MUST(lienthong_document_to_path(document, path(folder, "nine.edxml"), NULL, &error));
    MUST(lienthong_document_to_bytes(document, &data, &length, &error));
    lienthong_document_free(document);
    MUST(lienthong_connector_send_packet_path(sender, path(folder, "nine.edxml"),
                                              LIENTHONG_STATE_SECRET_NOT_CONTAINED, &json, &error));
    CHECK(is(json, "/again", "false"));
    lienthong_string_free(json);
    json = NULL;
    MUST(lienthong_connector_send_packet_bytes(sender, data, length,
                                               LIENTHONG_STATE_SECRET_NOT_CONTAINED, &json, &error));
    CHECK(is(json, "/again", "true"));
    lienthong_string_free(json);
    lienthong_bytes_free(data, length);
    incoming = shown(receiver);
    MUST(lienthong_connector_refuse(receiver, lienthong_incoming_id(incoming),
                                    lienthong_incoming_lease(incoming), "Sai nơi nhận", NULL,
                                    &error));
    lienthong_incoming_free(incoming);
    json = NULL;
    MUST(lienthong_connector_find_sent(sender, FIRST, "H99.01-2026-9", &json, &error));
    {
        char *id = member(json, "/0");
        until(sender, id, "/outgoing/recipients/0/state", "refused");
        lienthong_string_free(id);
    }
    lienthong_string_free(json);
}

static int64_t reads(void *user_data, uint8_t *buffer, size_t capacity) {
    return (int64_t)fread(buffer, 1, capacity, user_data);
}

static void from_a_callback(const char *folder) {
    lienthong_error_t *error = NULL;
    FILE *file = fopen(path(folder, "nine.edxml"), "rb");
    char *json = NULL;
    CHECK(file != NULL);
    MUST(lienthong_connector_send_packet_callback(
        sender, reads, file, LIENTHONG_STATE_SECRET_NOT_CONTAINED, &json, &error));
    CHECK(is(json, "/again", "true"));
    lienthong_string_free(json);
    fclose(file);
}

int main(int argc, char **argv) {
    const char *folder = folder_of(argc, argv);
    lienthong_config_t *config;

    sender = opened(config_of(folder, argv[2], "a"));
    receiver = opened(config_of(folder, argv[2], "b"));
    config = config_of(folder, argv[2], "a");
    set(config, "connector.role", "client");
    beside = opened(config);
    a_document(folder);
    actions();
    packets_of_ones_own(folder);
    from_a_callback(folder);
    an_answer_that_fits_two(folder, argv[2]);
    lienthong_connector_free(beside);
    lienthong_connector_free(sender);
    lienthong_connector_free(receiver);
    return all_is_freed();
}
