<?php
/**
 * lienthong for PHP 8 by its FFI: packets of Vietnam's national document axis.
 *
 * What a call means stands in lienthong.h and docs/c-abi.md; what PHP cannot do, and how to run it
 * under FPM, in README.md beside this file. Shapes of arrays are those of docs/c-abi.md, JSON.
 * SPDX-License-Identifier: Apache-2.0
 */

declare(strict_types=1);

namespace Lienthong;

use FFI;
use FFI\CData;

/** The loaded library itself. */
final class Library
{
    private const HEADER = __DIR__ . '/lienthong.h';

    private static ?FFI $ffi = null;

    /**
     * Loads the library: the one that was preloaded, or liblienthong.so.1 where the loader finds it,
     * or a file. Called by itself at the first use; call it where you name a file.
     */
    public static function load(?string $file = null): void
    {
        if (self::$ffi !== null) {
            return;
        }
        $ffi = $file === null ? self::preloaded() ?? FFI::load(self::HEADER) : self::from($file);
        $found = $ffi->lienthong_abi_version();
        if ($found !== $ffi->LIENTHONG_ABI_VERSION) {
            throw new \RuntimeException(
                "the liblienthong that was found has interface $found; "
                . "lienthong.h was made for {$ffi->LIENTHONG_ABI_VERSION}"
            );
        }
        self::$ffi = $ffi;
    }

    /** Its version, e.g. "0.1.0". */
    public static function version(): string
    {
        return self::ffi()->lienthong_version();
    }

    /** How many of its objects are alive in this process. For tests that look for forgotten ones. */
    public static function liveHandles(): int
    {
        return self::ffi()->lienthong_live_handles();
    }

    /** The table of finding codes. */
    public static function findingCodes(): array
    {
        return self::json('lienthong_finding_codes');
    }

    /** Every code that an error can have: code, name, message, message_vi, retry, who_acts. */
    public static function errorKinds(): array
    {
        $ffi = self::ffi();
        $kinds = [];
        for ($i = 0; $i < $ffi->lienthong_code_count(); $i++) {
            $code = $ffi->lienthong_code_at($i);
            $kinds[] = [
                'code' => $code,
                'name' => $ffi->lienthong_code_name($code),
                'message' => $ffi->lienthong_code_message($code, $ffi->LIENTHONG_ENGLISH),
                'message_vi' => $ffi->lienthong_code_message($code, $ffi->LIENTHONG_VIETNAMESE),
                'retry' => $ffi->lienthong_code_retry($code),
                'who_acts' => $ffi->lienthong_code_who_acts($code),
            ];
        }
        return $kinds;
    }

    /** The bytes of a status packet. A connector makes its statuses itself. */
    public static function statusPacket(array $status, ?Config $config = null): string
    {
        return self::bytes('lienthong_status_to_bytes', Handle::of($config), self::encode($status));
    }

    /** @internal */
    public static function ffi(): FFI
    {
        self::load();
        return self::$ffi;
    }

    /**
     * Makes a call whose last argument is the place for an error.
     *
     * @internal
     */
    public static function call(string $function, mixed ...$arguments): void
    {
        $ffi = self::ffi();
        $passed = [];
        foreach ($arguments as $argument) {
            if ($argument instanceof Bytes) {
                array_push($passed, $argument->bytes, strlen($argument->bytes));
                continue;
            }
            if ($argument instanceof Texts) {
                array_push($passed, $argument->list, $argument->count);
                continue;
            }
            $passed[] = is_string($argument) ? Texts::checked($argument) : $argument;
        }
        $error = $ffi->new('lienthong_error_t *');
        $passed[] = FFI::addr($error);
        $code = $ffi->$function(...$passed);
        if ($code !== $ffi->LIENTHONG_OK) {
            throw LienthongException::take($code, $error);
        }
    }

    /**
     * A call that gives something in its last argument before the error.
     *
     * @internal
     */
    public static function out(string $type, string $function, mixed ...$arguments): CData
    {
        $out = self::ffi()->new($type);
        self::call($function, ...$arguments, ...[FFI::addr($out)]);
        return $out;
    }

    /** @internal */
    public static function number(string $type, string $function, mixed ...$arguments): int
    {
        return self::out($type, $function, ...$arguments)->cdata;
    }

    /** @internal */
    public static function text(string $function, mixed ...$arguments): ?string
    {
        $text = self::out('char *', $function, ...$arguments);
        try {
            return FFI::isNull($text) ? null : FFI::string($text);
        } finally {
            self::ffi()->lienthong_string_free($text);
        }
    }

    /** @internal */
    public static function json(string $function, mixed ...$arguments): array
    {
        $text = self::text($function, ...$arguments);
        return json_decode($text, true, 512, JSON_THROW_ON_ERROR);
    }

    /** @internal */
    public static function bytes(string $function, mixed ...$arguments): string
    {
        $ffi = self::ffi();
        $data = $ffi->new('uint8_t *');
        $length = $ffi->new('size_t');
        self::call($function, ...$arguments, ...[FFI::addr($data), FFI::addr($length)]);
        try {
            return $length->cdata === 0 ? '' : FFI::string($data, $length->cdata);
        } finally {
            $ffi->lienthong_bytes_free($data, $length->cdata);
        }
    }

    /** @internal */
    public static function encode(?array $value): ?string
    {
        $flags = JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES;
        return $value === null ? null : json_encode((object) $value, $flags);
    }

    private static function preloaded(): ?FFI
    {
        try {
            return FFI::scope('lienthong');
        } catch (FFI\Exception) {
            return null;
        }
    }

    private static function from(string $file): FFI
    {
        // FFI::load knows FFI_LIB, FFI::cdef takes the file and no directives.
        return FFI::cdef(preg_replace('/^#.*$/m', '', file_get_contents(self::HEADER)), $file);
    }
}

/**
 * Bytes, which may contain anything; they are passed as a pointer and a length.
 *
 * @internal
 */
final class Bytes
{
    public function __construct(public string $bytes)
    {
    }
}

/**
 * A list of texts, which is passed as a pointer and a count, and the memory it stands in.
 *
 * @internal
 */
final class Texts
{
    public ?CData $list = null;
    public int $count;
    private array $memory = [];

    public function __construct(array $texts)
    {
        $this->count = count($texts);
        if ($texts === []) {
            return;
        }
        $ffi = Library::ffi();
        $pointers = $ffi->new("const char *[$this->count]");
        $this->memory[] = $pointers;
        foreach (array_values($texts) as $i => $text) {
            $bytes = self::checked($text) . "\0";
            $copy = $ffi->new('char[' . strlen($bytes) . ']');
            FFI::memcpy($copy, $bytes, strlen($bytes));
            $pointers[$i] = $ffi->cast('char *', FFI::addr($copy));
            $this->memory[] = $copy;
        }
        $this->list = $ffi->cast('const char **', FFI::addr($pointers));
    }

    public static function checked(string $text): string
    {
        if (str_contains($text, "\0")) {
            throw new \ValueError('a text for the library must not contain a NUL');
        }
        return $text;
    }
}

/**
 * A failure that the library tells of: what is wrong, and what to do next.
 *
 * getMessage() is in English; getCode() is the number of docs/errors.md. Decide by code, name, retry
 * and who_acts, never by the text.
 */
final class LienthongException extends \RuntimeException
{
    /** The stable name of its code, e.g. "config-unknown-key". */
    public string $name;
    /** The whole message in Vietnamese. */
    public string $messageVietnamese;
    /** The code of the far side (the axis), as it wrote it. */
    public ?string $remoteCode;
    /** Retry::... */
    public int $retry;
    /** WhoActs::... */
    public int $whoActs;
    /** What was being done, e.g. "connector.send". */
    public string $operation;
    /** Names and values that place the error: ids, organs, codes, keys. */
    public array $context = [];
    /** The findings behind the error. */
    public array $findings;
    /** All of it. */
    public array $all;

    /** @internal */
    public static function take(int $code, CData $error): self
    {
        $ffi = Library::ffi();
        try {
            $message = $ffi->lienthong_error_message($error, $ffi->LIENTHONG_ENGLISH);
            $taken = new self($message ?? "lienthong: error $code", $code);
            $taken->name = (string) $ffi->lienthong_error_name($error);
            $taken->messageVietnamese =
                (string) $ffi->lienthong_error_message($error, $ffi->LIENTHONG_VIETNAMESE);
            $taken->remoteCode = $ffi->lienthong_error_remote_code($error);
            $taken->retry = $ffi->lienthong_error_retry($error);
            $taken->whoActs = $ffi->lienthong_error_who_acts($error);
            $taken->operation = (string) $ffi->lienthong_error_operation($error);
            for ($i = 0; $i < $ffi->lienthong_error_context_count($error); $i++) {
                $name = $ffi->lienthong_error_context_name($error, $i);
                $taken->context[$name] = $ffi->lienthong_error_context_value($error, $i);
            }
            $taken->findings = json_decode($ffi->lienthong_error_findings($error) ?? '[]', true);
            $taken->all = json_decode($ffi->lienthong_error_json($error) ?? '{}', true);
            return $taken;
        } finally {
            $ffi->lienthong_error_free($error);
        }
    }
}

/** What a packet of the axis is. */
final class MessageType
{
    public const EDOC = 1;
    public const STATUS = 2;
}

/** What the axis is told of a packet that was fetched. */
final class Acknowledgement
{
    public const PROCESSING = 1;
    public const DONE = 2;
    public const FAIL = 3;
}

/** Whether the same may be tried again. */
final class Retry
{
    public const NEVER = 1;
    public const SAFE = 2;
    public const MAY_DUPLICATE = 3;
}

/** Who has to act. */
final class WhoActs
{
    public const SENDER = 1;
    public const RECEIVER = 2;
    public const OPERATOR = 3;
    public const DEVELOPER = 4;
    public const CERTIFICATE_AUTHORITY = 5;
}

/** What a document does to an earlier one. */
final class Action
{
    public const RECALL = 1;
    public const UPDATE = 2;
    public const REPLACE = 3;
}

/** What stands in a packet. */
final class Kind
{
    public const UNKNOWN = 0;
    public const DOCUMENT = 1;
    public const STATUS = 2;
}

/** How bad the worst finding is. */
final class Severity
{
    public const NONE = 0;
    public const NOTE = 1;
    public const WARNING = 2;
    public const ERROR = 3;
}

/** Whether a document holds state secrets. There is no default. */
final class StateSecret
{
    public const NOT_CONTAINED = 1;
    public const CONTAINED = 2;
}

/** What is put over a packet. */
final class Signing
{
    public const PACKET = 1;
    public const SEAL = 2;
    public const BOTH = 3;
}

/** A handle of the library. It is freed once: by free(), or where the object ends. */
abstract class Handle
{
    /** The end of lienthong_..._free. */
    protected const NAME = '';

    // It stays when it is freed: the library knows a freed handle, and would take none for a default.
    protected CData $handle;

    /** @internal */
    public function __construct(CData $handle)
    {
        $this->handle = $handle;
    }

    public function __destruct()
    {
        // Not where the constructor threw.
        if (isset($this->handle)) {
            $this->free();
        }
    }

    /** Frees it; twice is fine. Every later call with it is refused (invalid-argument). */
    public function free(): void
    {
        Library::ffi()->{'lienthong_' . static::NAME . '_free'}($this->handle);
    }

    private function __clone()
    {
    }

    /** A handle is a number, not an address: nobody may look behind it. */
    public function __debugInfo(): array
    {
        return [];
    }

    /** @internal */
    public static function of(?self $object): ?CData
    {
        return $object?->handle;
    }

    /** A new handle in the last argument before the error. */
    protected static function made(string $function, mixed ...$arguments): CData
    {
        return Library::out('lienthong_' . static::NAME . '_t *', $function, ...$arguments);
    }
}

/** Values for the keys of the configuration. What is opened with it takes a copy. */
final class Config extends Handle
{
    protected const NAME = 'config';

    public function __construct()
    {
        parent::__construct(self::made('lienthong_config_new'));
    }

    /** The table of keys. */
    public static function keys(): array
    {
        return Library::json('lienthong_config_keys');
    }

    public function set(string $key, string $value): static
    {
        Library::call('lienthong_config_set', $this->handle, $key, $value);
        return $this;
    }

    /** The value of a key, its default where none was set; null for a secret. */
    public function get(string $key): ?string
    {
        return Library::text('lienthong_config_get', $this->handle, $key);
    }

    /** Takes every value of a file: TOML, or the incumbent SDK's where it ends in ".properties". */
    public function loadFile(string $path): static
    {
        Library::call('lienthong_config_load_file', $this->handle, $path);
        return $this;
    }

    /** Takes every variable LIENTHONG_... of the process: LIENTHONG_AXIS_URL is axis.url. */
    public function loadEnvironment(): static
    {
        Library::call('lienthong_config_load_environment', $this->handle);
        return $this;
    }
}

/** A document to be sent: the elements of its header, and its files. */
final class Document extends Handle
{
    protected const NAME = 'document';

    /** An empty document, or one of the value of "document" in packet.schema.json. */
    public function __construct(?array $json = null, ?Config $config = null)
    {
        parent::__construct(
            $json === null
                ? self::made('lienthong_document_new', Handle::of($config))
                : self::made(
                    'lienthong_document_from_json',
                    Handle::of($config),
                    Library::encode($json)
                )
        );
    }

    /** Sets an element by its path, e.g. "Subject" or "To[2]/OrganId"; null takes it away. */
    public function set(string $element, ?string $value): static
    {
        Library::call('lienthong_document_set', $this->handle, $element, $value);
        return $this;
    }

    /** The text of an element; null where it is absent. */
    public function get(string $element): ?string
    {
        return Library::text('lienthong_document_get', $this->handle, $element);
    }

    /** Makes it act (Action::...) on an earlier one of the same organ, when its receivers are set. */
    public function actOn(int $action, string $documentId, ?string $reason = null): static
    {
        Library::call('lienthong_document_act_on', $this->handle, $action, $documentId, $reason);
        return $this;
    }

    /** Attaches a file on disk, which must stay as it is until the document is sent. */
    public function attachFile(
        string $path,
        ?string $name = null,
        ?string $description = null,
        ?string $contentId = null
    ): static {
        Library::call(
            'lienthong_document_attach_path',
            $this->handle,
            $path,
            $name,
            $description,
            $contentId
        );
        return $this;
    }

    /** Attaches bytes, which are copied. */
    public function attach(
        string $name,
        string $bytes,
        ?string $description = null,
        ?string $contentId = null
    ): static {
        Library::call(
            'lienthong_document_attach_bytes',
            $this->handle,
            $name,
            new Bytes($bytes),
            $description,
            $contentId
        );
        return $this;
    }

    /** The header, as it stands. */
    public function json(): array
    {
        return Library::json('lienthong_document_json', $this->handle);
    }

    /** What a check finds; it may be sent where none has the severity "error". */
    public function check(): array
    {
        return Library::json('lienthong_document_check', $this->handle);
    }

    /** Writes the packet into a new file and gives its length. */
    public function save(string $path): int
    {
        return Library::number('uint64_t', 'lienthong_document_to_path', $this->handle, $path);
    }

    /** The packet's bytes. */
    public function bytes(): string
    {
        return Library::bytes('lienthong_document_to_bytes', $this->handle);
    }
}

/** A packet that was read: its header, findings, and the way to its bytes. */
final class Packet extends Handle
{
    protected const NAME = 'packet';

    /** Reads the packet in a file, which must stay as it is as long as this is used. */
    public static function fromFile(string $path, ?Config $config = null): self
    {
        return new self(self::made('lienthong_packet_from_path', Handle::of($config), $path));
    }

    /** Reads the packet in memory. */
    public static function fromBytes(string $bytes, ?Config $config = null): self
    {
        $bytes = new Bytes($bytes);
        return new self(self::made('lienthong_packet_from_bytes', Handle::of($config), $bytes));
    }

    /** Kind::... */
    public function kind(): int
    {
        return Library::ffi()->lienthong_packet_kind($this->handle);
    }

    /** Whether it could be read to its end. */
    public function readable(): bool
    {
        return Library::ffi()->lienthong_packet_readable($this->handle) === 1;
    }

    /** The packet, as packet.schema.json says. It holds what people wrote: not for logs. */
    public function json(): array
    {
        return Library::json('lienthong_packet_json', $this->handle);
    }

    /** The text of an element of the header by its path, e.g. "From/OrganId"; null where absent. */
    public function get(string $element): ?string
    {
        return Library::text('lienthong_packet_element', $this->handle, $element);
    }

    /** How many there are of an element or group, e.g. "To". */
    public function count(string $element): int
    {
        return Library::number('size_t', 'lienthong_packet_element_count', $this->handle, $element);
    }

    /** What a check finds: as one received, or as one about to be sent. */
    public function check(bool $sending = false, ?string $profile = null): array
    {
        return Library::json('lienthong_packet_check', $this->handle, (int) $sending, $profile);
    }

    /** The worst that a check finds: Severity::... */
    public function worst(bool $sending = false, ?string $profile = null): int
    {
        $sending = (int) $sending;
        $function = 'lienthong_packet_worst';
        return Library::number('int32_t', $function, $this->handle, $sending, $profile);
    }

    /** What differs in the header between this document, as it was sent, and how it came. */
    public function compare(Packet $came): array
    {
        return Library::json('lienthong_packet_compare', $this->handle, $came->handle);
    }

    /** The meaning digest, 64 hexadecimal digits; null where it has none. */
    public function meaningDigest(): ?string
    {
        return Library::text('lienthong_packet_meaning_digest', $this->handle);
    }

    /** Writes the packet's own bytes into a new file and gives their number. */
    public function save(string $path): int
    {
        return Library::number('uint64_t', 'lienthong_packet_to_path', $this->handle, $path);
    }

    /** How many attachments it has. They are numbered from 1. */
    public function attachmentCount(): int
    {
        return Library::ffi()->lienthong_packet_attachment_count($this->handle);
    }

    /** What is known of an attachment. Its name is the sender's and no safe file name. */
    public function attachment(int $number): array
    {
        return Library::json('lienthong_packet_attachment', $this->handle, $number);
    }

    /** Writes an attachment into a new file and gives its length. */
    public function saveAttachment(int $number, string $path): int
    {
        $function = 'lienthong_packet_attachment_to_path';
        return Library::number('uint64_t', $function, $this->handle, $number, $path);
    }

    /** The bytes of an attachment. */
    public function attachmentBytes(int $number): string
    {
        return Library::bytes('lienthong_packet_attachment_to_bytes', $this->handle, $number);
    }

    /** Writes every attachment into a folder under safe and unique names; gives the files. */
    public function extract(string $folder, bool $keepRaw = false): array
    {
        return Library::json('lienthong_packet_extract', $this->handle, $folder, (int) $keepRaw);
    }
}

/** Judges the signatures of packets by the keys signature.... of a config (none: trusts nobody). */
final class Verifier extends Handle
{
    protected const NAME = 'verifier';

    public function __construct(?Config $config = null)
    {
        parent::__construct(self::made('lienthong_verifier_new', Handle::of($config)));
    }

    /**
     * Reads a packet once more and judges its signatures, for a time in milliseconds since 1970 (0 is
     * now). That one is wrong, or absent, is no exception. $met: whether signature.policy is satisfied.
     * The signers in the report may be persons: not for logs.
     */
    public function verify(Packet $packet, ?bool &$met = null, int $at = 0): array
    {
        $ffi = Library::ffi();
        $report = $ffi->new('char *');
        $satisfied = $ffi->new('int32_t');
        $out = [FFI::addr($report), FFI::addr($satisfied)];
        Library::call('lienthong_packet_verify', $packet->handle, $this->handle, $at, ...$out);
        try {
            $met = $satisfied->cdata === 1;
            return json_decode(FFI::string($report), true, 512, JSON_THROW_ON_ERROR);
        } finally {
            $ffi->lienthong_string_free($report);
        }
    }
}

/** Who signs: the key file of a config (signature.key_file and its companions). */
final class Signer extends Handle
{
    protected const NAME = 'signer';

    public function __construct(Config $config)
    {
        parent::__construct(self::made('lienthong_signer_from_config', $config->handle));
    }

    /** Writes a packet into a new file, signed, sealed or both (Signing::...); gives its length. */
    public function save(Packet $packet, int $what, string $path, int $at = 0): int
    {
        $function = 'lienthong_packet_sign_to_path';
        $handles = [$packet->handle, $this->handle];
        return Library::number('uint64_t', $function, ...$handles, ...[$what, $at, $path]);
    }

    /** The bytes of a packet, signed, sealed or both. */
    public function bytes(Packet $packet, int $what, int $at = 0): string
    {
        $function = 'lienthong_packet_sign_to_bytes';
        return Library::bytes($function, $packet->handle, $this->handle, $what, $at);
    }
}

/** A packet that came, shown under a lease. Freeing it decides nothing. */
final class Incoming extends Handle
{
    protected const NAME = 'incoming';

    /** Its id, e.g. "in-1". */
    public function id(): string
    {
        return (string) Library::ffi()->lienthong_incoming_id($this->handle);
    }

    /** Its lease, to accept, refuse or give back by; also from another process. */
    public function lease(): int
    {
        return Library::ffi()->lienthong_incoming_lease($this->handle);
    }

    /** Our organ that it is for. */
    public function ownOrgan(): string
    {
        return (string) Library::ffi()->lienthong_incoming_own_organ($this->handle);
    }

    /** Its sender, as the packet names it. */
    public function from(): string
    {
        return (string) Library::ffi()->lienthong_incoming_from($this->handle);
    }

    /** How often it has been shown, this time included. */
    public function attempt(): int
    {
        return Library::ffi()->lienthong_incoming_attempt($this->handle);
    }

    /** Whether it is a recall, update or replacement to agree to or decline. */
    public function isAction(): bool
    {
        return Library::ffi()->lienthong_incoming_is_action($this->handle) === 1;
    }

    /** The id of the received document that it acts on; null where there is none. */
    public function actsOn(): ?string
    {
        return Library::ffi()->lienthong_incoming_acts_on($this->handle);
    }

    /** The id of our document that it answers; null where there is none. */
    public function answers(): ?string
    {
        return Library::ffi()->lienthong_incoming_answers($this->handle);
    }

    /** Whether another one with the same sender, id and type and with another content is there. */
    public function conflict(): bool
    {
        return Library::ffi()->lienthong_incoming_conflict($this->handle) === 1;
    }

    /** All of it. It holds what people wrote: not for logs. */
    public function json(): array
    {
        return Library::json('lienthong_incoming_json', $this->handle);
    }

    /** The packet, to read its fields and attachments. */
    public function packet(): Packet
    {
        return new Packet(Packet::made('lienthong_incoming_packet', $this->handle));
    }
}

/** A durable connector to an axis: sends, receives and reports, across crashes and outages. */
final class Connector extends Handle
{
    protected const NAME = 'connector';

    /** Opens the store and, as worker (connector.role), starts the exchange with the axis. */
    public function __construct(Config $config, ?Signer $signer = null)
    {
        parent::__construct(
            $signer === null
                ? self::made('lienthong_connector_open', $config->handle)
                : self::made('lienthong_connector_open_signing', $config->handle, $signer->handle)
        );
    }

    /** Ends the exchange; gives whether all its threads ended in time (milliseconds). */
    public function close(int $timeout = 5000): bool
    {
        $function = 'lienthong_connector_close';
        return Library::number('int32_t', $function, $this->handle, $timeout) === 1;
    }

    /** Has the axis asked at once for what waits, not at the next interval. */
    public function receiveNow(): void
    {
        Library::call('lienthong_connector_receive_now', $this->handle);
    }

    /**
     * Stores a document for sending. When this returns, it is on disk and will be delivered to each
     * receiver, or why() says why not. Where you do not know, call again: it is stored once.
     *
     * @return array outgoing (the id), again, findings
     */
    public function send(Document $document, int $stateSecret): array
    {
        $function = 'lienthong_connector_send';
        return Library::json($function, $this->handle, $document->handle, $stateSecret);
    }

    /** Stores a packet that is built already, byte for byte, from a file. */
    public function sendPacketFile(string $path, int $stateSecret): array
    {
        $function = 'lienthong_connector_send_packet_path';
        return Library::json($function, $this->handle, $path, $stateSecret);
    }

    /** Stores a packet that is built already, byte for byte. */
    public function sendPacket(string $bytes, int $stateSecret): array
    {
        $function = 'lienthong_connector_send_packet_bytes';
        return Library::json($function, $this->handle, new Bytes($bytes), $stateSecret);
    }

    /** Waits (milliseconds) for a packet and takes it under a lease; null where none came. */
    public function poll(int $timeout): ?Incoming
    {
        $incoming = Incoming::made('lienthong_connector_poll', $this->handle, $timeout);
        return FFI::isNull($incoming) ? null : new Incoming($incoming);
    }

    /** Accepts what was shown, once it is kept: it is not shown again. */
    public function accept(string $incoming, int $lease): void
    {
        Library::call('lienthong_connector_accept', $this->handle, $incoming, $lease);
    }

    /** Refuses what was shown; its sender gets 02 with the reason. */
    public function refuse(string $incoming, int $lease, string $reason, ?array $staff = null): void
    {
        $staff = Library::encode($staff);
        $function = 'lienthong_connector_refuse';
        Library::call($function, $this->handle, $incoming, $lease, $reason, $staff);
    }

    /** Gives back what was shown: it is shown again after a pause (milliseconds). */
    public function giveBack(string $incoming, int $lease, int $pause = 0): void
    {
        Library::call('lienthong_connector_give_back', $this->handle, $incoming, $lease, $pause);
    }

    /** Reports where a received document stands: 2 to 6. Gives the id of the status. */
    public function report(
        string $incoming,
        int $code,
        ?string $note = null,
        ?array $staff = null
    ): string {
        $staff = Library::encode($staff);
        $function = 'lienthong_connector_report';
        return Library::text($function, $this->handle, $incoming, $code, $note, $staff);
    }

    /** Asks receivers (none: all) to give a document back. Gives the ids of the requests. */
    public function recall(
        string $outgoing,
        string $reason,
        array $organs = [],
        ?array $staff = null
    ): array {
        return Library::json(
            'lienthong_connector_recall',
            $this->handle,
            $outgoing,
            new Texts($organs),
            $reason,
            Library::encode($staff)
        );
    }

    /** Agrees (15) to a received recall, update or replacement; null where no status is sent. */
    public function agree(string $incoming, ?string $note = null, ?array $staff = null): ?string
    {
        $staff = Library::encode($staff);
        return Library::text('lienthong_connector_agree', $this->handle, $incoming, $note, $staff);
    }

    /** Declines (16) a received recall, update or replacement, with the reason. */
    public function decline(string $incoming, string $note, ?array $staff = null): ?string
    {
        $staff = Library::encode($staff);
        $function = 'lienthong_connector_decline';
        return Library::text($function, $this->handle, $incoming, $note, $staff);
    }

    /** Has what failed, is held or waits tried again at once. Gives for how many receivers. */
    public function retry(string $outgoing, ?string $organ = null): int
    {
        $function = 'lienthong_connector_retry';
        return Library::number('uint64_t', $function, $this->handle, $outgoing, $organ);
    }

    /** Gives up what is not delivered. Gives for how many receivers. */
    public function drop(string $outgoing, ?string $organ = null): int
    {
        $function = 'lienthong_connector_drop';
        return Library::number('uint64_t', $function, $this->handle, $outgoing, $organ);
    }

    /**
     * Says that an organ's answer, 15 or 16, which is kept as ambiguous because it fits several
     * changes, was meant for this one: the id of the request that was sent.
     */
    public function assignAnswer(string $change, string $organ, int $answer): void
    {
        $function = 'lienthong_connector_assign_answer';
        Library::call($function, $this->handle, $change, $organ, $answer);
    }

    /** Where a packet (out-..., in-...) stands, why, and who has to act. */
    public function why(string $id): array
    {
        return Library::json('lienthong_connector_why', $this->handle, $id);
    }

    /** Everything that hangs together with a packet, by time. */
    public function thread(string $id): array
    {
        return Library::json('lienthong_connector_thread', $this->handle, $id);
    }

    /** The statuses that came about a packet of ours. */
    public function statuses(string $outgoing): array
    {
        return Library::json('lienthong_connector_statuses', $this->handle, $outgoing);
    }

    /** The ids of our packets with this organ and DocumentId. */
    public function findSent(string $from, string $documentId): array
    {
        return Library::json('lienthong_connector_find_sent', $this->handle, $from, $documentId);
    }

    /** Counters, who is silent, and when the axis last gave its list. */
    public function stats(): array
    {
        return Library::json('lienthong_connector_stats', $this->handle);
    }

    /** Waits (milliseconds) for events that are not done; they come again until eventsDone(). */
    public function events(int $limit, int $timeout): array
    {
        return Library::json('lienthong_connector_events', $this->handle, $limit, $timeout);
    }

    /** Events up to this number are dealt with and do not come again. */
    public function eventsDone(int $upTo): void
    {
        Library::call('lienthong_connector_events_done', $this->handle, $upTo);
    }

    /** What is on its way to and from the axis at this moment. */
    public function transfers(): array
    {
        return Library::json('lienthong_connector_transfers', $this->handle);
    }

    /** The packets that came and cannot be read. */
    public function quarantine(int $limit): array
    {
        return Library::json('lienthong_connector_quarantine', $this->handle, $limit);
    }

    /** Has a packet in quarantine (arrival-...) read again. */
    public function readAgain(string $arrival): void
    {
        Library::call('lienthong_connector_read_again', $this->handle, $arrival);
    }

    /** Gives up a packet in quarantine (arrival-...). Its bytes are deleted. */
    public function dropQuarantined(string $arrival): void
    {
        Library::call('lienthong_connector_drop_quarantined', $this->handle, $arrival);
    }

    /** The packet with an id: out-..., in-... or arrival-.... */
    public function packet(string $id): Packet
    {
        return new Packet(Packet::made('lienthong_connector_packet', $this->handle, $id));
    }

    /** Looks at configuration, store, disk, clock, axis and queues. */
    public function doctor(): array
    {
        return Library::json('lienthong_connector_doctor', $this->handle);
    }

    /** Copies the store, while it is at work, into a new folder. */
    public function backup(string $folder): void
    {
        Library::call('lienthong_connector_backup', $this->handle, $folder);
    }
}

/** The thirteen calls of an axis, without a store. A list that failed is never an empty one. */
final class Client extends Handle
{
    protected const NAME = 'client';

    /** Opens a client by the keys axis.... No connection is made yet. */
    public function __construct(Config $config)
    {
        parent::__construct(self::made('lienthong_client_open', $config->handle));
    }

    public function close(): void
    {
        Library::call('lienthong_client_close', $this->handle);
    }

    /** Sends the packet in a file (/sendEdoc); no receivers: those of the packet. */
    public function send(string $path, string $from, array $to, int $messageType): array
    {
        return Library::json(
            'lienthong_client_send_path',
            $this->handle,
            $path,
            $from,
            new Texts($to),
            $messageType
        );
    }

    /** The packets that wait (/getReceivedEdocList). */
    public function listReceived(int $messageType): array
    {
        return Library::json('lienthong_client_list_received', $this->handle, $messageType);
    }

    /** What became of a packet that was sent, or (null) of all (/getSentEdocList). */
    public function listSent(int $messageType, ?string $docId = null): array
    {
        return Library::json('lienthong_client_list_sent', $this->handle, $messageType, $docId);
    }

    /** Fetches a packet (/getEdoc) into a new file and gives its length. */
    public function get(string $docId, string $path): int
    {
        $function = 'lienthong_client_get_to_path';
        return Library::number('uint64_t', $function, $this->handle, $docId, $path);
    }

    /** Fetches a packet as it is (/downloadEdoc) into a new file and gives its length. */
    public function download(string $docId, string $path): int
    {
        $function = 'lienthong_client_download_to_path';
        return Library::number('uint64_t', $function, $this->handle, $docId, $path);
    }

    /** Acknowledges a packet that was fetched (/updateStatus): Acknowledgement::... */
    public function acknowledge(string $docId, int $acknowledgement): void
    {
        Library::call('lienthong_client_acknowledge', $this->handle, $docId, $acknowledgement);
    }

    /** How many documents or statuses wait (/countReceiveEdoc, /countReceiveStatus). */
    public function count(int $messageType): int
    {
        return Library::number('uint64_t', 'lienthong_client_count', $this->handle, $messageType);
    }

    /** The axis's directory of agencies (/getAgenciesList). */
    public function agencies(): array
    {
        return Library::json('lienthong_client_agencies', $this->handle);
    }

    /** The agencies of a level with their codes of Decision 20/2020 (/getAgenciesListQD20). */
    public function agenciesQd20(int $level): array
    {
        return Library::json('lienthong_client_agencies_qd20', $this->handle, $level);
    }

    /** The units of the directory with their changes (/getSynchronizeUnit). */
    public function synchronizeUnits(): array
    {
        return Library::json('lienthong_client_synchronize_units', $this->handle);
    }

    /** Registers an agency (/registerAgency): id, parent_code, code, name, mail, mobile, fax. */
    public function registerAgency(array $agency): void
    {
        $agency = Library::encode($agency);
        Library::call('lienthong_client_register_agency', $this->handle, $agency);
    }

    /** Takes an agency off the axis (/deleteAgency). */
    public function deleteAgency(string $code): void
    {
        Library::call('lienthong_client_delete_agency', $this->handle, $code);
    }
}
