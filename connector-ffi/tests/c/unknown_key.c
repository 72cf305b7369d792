/* A key that does not exist is refused by name, wherever it comes from, and changes nothing. */
#include "check.h"

static void written(const char *path, const char *text) {
    FILE *file = fopen(path, "w");
    CHECK(file != NULL);
    fputs(text, file);
    fclose(file);
}

int main(int argc, char **argv) {
    lienthong_error_t *error = NULL;
    const char *folder = folder_of(argc, argv);
    lienthong_config_t *config = NULL;
    char *value = NULL;

    MUST(lienthong_config_new(&config, &error));
    CHECK(lienthong_config_set(config, "axis.ulr", "https://x", &error) ==
          LIENTHONG_ERROR_CONFIG_UNKNOWN_KEY);
    CHECK(strcmp(lienthong_error_name(error), "config-unknown-key") == 0);
    CHECK(strcmp(lienthong_error_context(error, "key"), "axis.ulr") == 0);
    CHECK(lienthong_error_context(error, "no such name") == NULL);
    CHECK(lienthong_error_context(error, NULL) == NULL);
    CHECK(lienthong_error_context_count(error) == 1);
    CHECK(strcmp(lienthong_error_context_name(error, 0), "key") == 0);
    CHECK(strcmp(lienthong_error_context_value(error, 0), "axis.ulr") == 0);
    CHECK(lienthong_error_context_name(error, 1) == NULL);
    CHECK(lienthong_error_context_value(error, SIZE_MAX) == NULL);
    CHECK(strcmp(lienthong_error_operation(error), "config.set") == 0);
    CHECK(lienthong_error_retry(error) == LIENTHONG_RETRY_NEVER);
    CHECK(lienthong_error_who_acts(error) == LIENTHONG_ACTS_OPERATOR);
    CHECK(lienthong_error_remote_code(error) == NULL);
    CHECK(strcmp(lienthong_error_findings(error), "[]") == 0);
    CHECK(is(lienthong_error_json(error), "/kind", "config-unknown-key"));
    CHECK(is(lienthong_error_json(error), "/retry", "never"));
    CHECK(is(lienthong_error_json(error), "/context/key", "axis.ulr"));
    CHECK(strstr(lienthong_error_message(error, LIENTHONG_VIETNAMESE), "khóa cấu hình") != NULL);
    CHECK(strstr(lienthong_error_message(error, LIENTHONG_ENGLISH), "axis.ulr") != NULL);
    lienthong_error_free(error);
    error = NULL;

    FAILS(LIENTHONG_ERROR_CONFIG_UNKNOWN_KEY, lienthong_config_get(config, "x", &value, &error));
    FAILS(LIENTHONG_ERROR_CONFIG_INVALID_VALUE,
          lienthong_config_set(config, "send.parallel", "0", &error));
    written(path(folder, "bad.toml"), "[send]\nparallel = 7\nparalel = 3\n");
    FAILS(LIENTHONG_ERROR_CONFIG_UNKNOWN_KEY,
          lienthong_config_load_file(config, path(folder, "bad.toml"), &error));
    MUST(lienthong_config_get(config, "send.parallel", &value, &error));
    CHECK(strcmp(value, "4") == 0);
    lienthong_string_free(value);
    written(path(folder, "good.properties"), "systemid=a\nsecret=s\nclient.max-connection=7\n");
    MUST(lienthong_config_load_file(config, path(folder, "good.properties"), &error));
    MUST(lienthong_config_get(config, "send.parallel", &value, &error));
    CHECK(strcmp(value, "7") == 0);
    lienthong_string_free(value);
    /* A secret is never given back. */
    MUST(lienthong_config_get(config, "axis.secret", &value, &error));
    CHECK(value == NULL);

    CHECK(setenv("LIENTHONG_SEND_PARALLEL", "9", 1) == 0);
    MUST(lienthong_config_load_environment(config, &error));
    MUST(lienthong_config_get(config, "send.parallel", &value, &error));
    CHECK(strcmp(value, "9") == 0);
    lienthong_string_free(value);
    CHECK(setenv("LIENTHONG_SEND_PARALEL", "9", 1) == 0);
    FAILS(LIENTHONG_ERROR_CONFIG_UNKNOWN_KEY, lienthong_config_load_environment(config, &error));

    value = NULL;
    MUST(lienthong_config_keys(&value, &error));
    CHECK(strstr(value, "\"axis.url\"") != NULL && strstr(value, "\"max\"") != NULL);
    lienthong_string_free(value);
    lienthong_config_free(config);
    return all_is_freed();
}
