<?php
/**
 * One test for each hazard of using the C library from PHP.
 *
 * Usage: php hazards.php FOLDER URL KEYS, with a test axis (connector-ffi/tests/c/axis.toml) at the
 * URL and made-up keys in the folder KEYS (xtask/src/keys.rs). Some start this file anew, with one word
 * more: fatal or preloaded.
 */

declare(strict_types=1);

namespace Lienthong;

// It may have been preloaded.
class_exists(Library::class) || require __DIR__ . '/Lienthong.php';

[, $folder, $url, $keys] = $argv;

function config(string $name, string $system = 'a'): Config
{
    global $folder, $url;
    return (new Config())
        ->set('axis.url', $url)
        ->set('axis.system_id', $system)
        ->set('axis.secret', 'made-up')
        ->set('connector.organs', $system === 'a' ? 'H99.01' : 'H99.02')
        ->set('store.path', "$folder/store $name");
}

function document(string $number): Document
{
    return (new Document())
        ->set('From/OrganId', 'H99.01')
        ->set('From/OrganName', 'Cơ quan thí dụ')
        ->set('To/OrganId', 'H99.02')
        ->set('DocumentId', "H99.01,2026/03/04,$number/STD-VP")
        ->set('Code/CodeNumber', $number)
        ->set('Code/CodeNotation', 'STD-VP')
        ->set('PromulgationInfo/Place', 'Thí dụ')
        ->set('PromulgationInfo/PromulgationDate', '2026-03-04')
        ->set('Subject', 'V/v thí dụ');
}

function check(bool $holds, string $what): void
{
    if (!$holds) {
        throw new \LogicException("does not hold: $what");
    }
}

function throws(string $class, callable $call): \Throwable
{
    try {
        $call();
    } catch (\Throwable $thrown) {
        check($thrown instanceof $class, get_class($thrown) . ": {$thrown->getMessage()}");
        return $thrown;
    }
    throw new \LogicException("no $class was thrown");
}

function fails(string $name, callable $call): LienthongException
{
    $error = throws(LienthongException::class, $call);
    check($error->name === $name, "$error->name, not $name");
    return $error;
}

/** Runs a call in a child of this process, which ends as an FPM worker would; whether it held. */
function in_child(callable $call): bool
{
    $child = pcntl_fork();
    if ($child === 0) {
        try {
            $call();
        } catch (\Throwable $thrown) {
            fwrite(STDERR, "$thrown\n");
        }
        // Destructors run, those of the parent's handles among them.
        exit(isset($thrown) ? 1 : 0);
    }
    pcntl_waitpid($child, $status);
    return pcntl_wifexited($status) && pcntl_wexitstatus($status) === 0;
}

/** Runs this file anew; gives how it ended, and what it printed. */
function anew(string $way, string ...$options): array
{
    global $folder, $url, $keys;
    $words = [PHP_BINARY, ...$options, __FILE__, $folder, $url, $keys, $way];
    $process = proc_open($words, [1 => ['pipe', 'w'], 2 => ['redirect', 1]], $pipes);
    $printed = stream_get_contents($pipes[1]);
    return [proc_close($process), $printed];
}

/** Threads of the library are at work when the program falls: PHP runs no destructor then. */
function fall(): void
{
    $connector = new Connector(config('fatal')->set('receive.interval', '100'));
    $connector->poll(300);
    echo "falling\n";
    @trigger_error('on purpose', E_USER_ERROR);
}

if (($argv[4] ?? '') === 'fatal') {
    fall();
}
if (($argv[4] ?? '') === 'preloaded') {
    // Found by its scope, not loaded by the script.
    \FFI::scope('lienthong');
    echo Library::version(), ' ', count((new Config())->keys()) > 10 ? 'works' : '', "\n";
    exit;
}

$tests = [
    'an_error_has_every_field' => function () {
        $error = fails('config-unknown-key', fn () => (new Config())->set('axis.ulr', 'http://a'));
        check($error->getCode() === Library::ffi()->LIENTHONG_ERROR_CONFIG_UNKNOWN_KEY, 'code');
        check(str_contains($error->getMessage(), 'axis.ulr'), 'English');
        check(str_contains($error->messageVietnamese, 'cấu hình'), 'Vietnamese');
        check($error->remoteCode === null && $error->findings === [], 'nothing from afar');
        check($error->retry === Retry::NEVER && $error->whoActs === WhoActs::OPERATOR, 'what to do');
        check($error->operation !== '' && $error->context['key'] === 'axis.ulr', 'where');
        check($error->all['kind'] === 'config-unknown-key', 'all of it');
        check((new Config())->get('axis.secret') === null, 'a secret is not told');
        $kinds = array_column(Library::errorKinds(), null, 'name');
        check($kinds['store-full']['who_acts'] === WhoActs::OPERATOR, 'the table of kinds');
        check(count(Library::findingCodes()) > 10, 'the table of findings');
    },
    'the_constants_are_those_of_the_header' => function () {
        $sets = [
            'MESSAGE' => MessageType::class,
            'ACKNOWLEDGE' => Acknowledgement::class,
            'RETRY' => Retry::class,
            'ACTS' => WhoActs::class,
            'ACTION' => Action::class,
            'KIND' => Kind::class,
            'SEVERITY' => Severity::class,
            'STATE_SECRET' => StateSecret::class,
            'SIGN' => Signing::class,
        ];
        foreach ($sets as $prefix => $class) {
            $wanted = [];
            $pattern = "/LIENTHONG_{$prefix}_(\w+) = (\d+),/";
            preg_match_all($pattern, file_get_contents(__DIR__ . '/lienthong.h'), $rows);
            foreach ($rows[1] as $i => $name) {
                $wanted[$name] = (int) $rows[2][$i];
            }
            check((new \ReflectionClass($class))->getConstants() === $wanted, $class);
        }
    },
    'what_was_freed_is_refused' => function () {
        $config = config('freed');
        $document = document('1');
        $packet = Packet::fromBytes($document->bytes());
        $connector = new Connector($config);
        $client = new Client($config);
        check($connector->close() && $connector->close(), 'closed twice');
        fails('closed', fn () => $connector->poll(0));
        foreach ([$config, $document, $packet, $connector, $client] as $one) {
            $one->free();
            $one->free();
        }
        fails('invalid-argument', fn () => $config->set('axis.url', 'http://a'));
        fails('invalid-argument', fn () => new Connector($config));
        fails('invalid-argument', fn () => new Document(null, $config));
        fails('invalid-argument', fn () => $document->bytes());
        fails('invalid-argument', fn () => $packet->json());
        fails('invalid-argument', fn () => $connector->stats());
        fails('invalid-argument', fn () => $client->agencies());
        check(!$packet->readable() && $packet->attachmentCount() === 0, 'no failure, no answer');
        throws(\Error::class, fn () => clone $config);
        check(print_r($config, true) !== '', 'nobody looks behind a handle');
    },
    'texts_are_utf_8_and_without_nul' => function () {
        $document = document('1');
        throws(\ValueError::class, fn () => $document->set('Subject', "cut\0off"));
        fails('invalid-argument', fn () => $document->set('Subject', "\xc3"));
        check($document->get('Subject') === 'V/v thí dụ', 'unchanged');
        check($document->set('Subject', 'cả 😀')->get('Subject') === 'cả 😀', 'beyond the plane');
        check($document->set('Subject', null)->get('Subject') === null, 'taken away');
    },
    'bytes_may_be_anything' => function () use ($folder) {
        $bytes = "\0" . random_bytes(1 << 20) . "\0";
        $path = "$folder/Văn bản số 1.edxml";
        $document = document('1')->attach('lớn.bin', $bytes)->attach('rỗng.txt', '');
        file_put_contents("$folder/Phụ lục.txt", 'Kính gửi');
        $document->attachFile("$folder/Phụ lục.txt");
        check($document->save($path) === filesize($path), 'length');
        fails('io', fn () => $document->save($path));
        check($document->bytes() === file_get_contents($path), 'two ways to write');
        check((new Document($document->json()))->get('Subject') === 'V/v thí dụ', 'JSON');
        $packet = Packet::fromFile($path);
        check($packet->readable() && $packet->kind() === Kind::DOCUMENT, 'a document');
        check($packet->attachmentBytes(1) === $bytes, 'bytes');
        check($packet->attachmentBytes(2) === '', 'none');
        check($packet->attachment(3)['AttachmentName'] === 'Phụ lục.txt', 'name');
        check($packet->saveAttachment(3, "$folder/ba.txt") === strlen('Kính gửi'), 'file');
        check(count($packet->extract("$folder/giải nén")) === 3, 'all');
        check($packet->count('To') === 1 && strlen($packet->meaningDigest()) === 64, 'numbers');
        check($packet->worst() < Severity::ERROR && is_array($packet->check(true)), 'check');
        check($packet->compare($packet) === [], 'equal to itself');
        check($packet->save("$folder/again.edxml") === filesize($path), 'its own bytes');
        fails('invalid-argument', fn () => $packet->attachmentBytes(4));
        check(!Packet::fromBytes('')->readable(), 'no packet is no failure');
        fails('invalid-argument', fn () => Library::statusPacket(['no' => 'status']));
    },
    'a_connector_stores_and_finds' => function () use ($folder) {
        $connector = new Connector(config('stores'));
        $packet = document('5')->bytes();
        $sent = $connector->sendPacket($packet, StateSecret::NOT_CONTAINED);
        check($sent['again'] === false, 'new');
        file_put_contents("$folder/five.edxml", $packet);
        $path = "$folder/five.edxml";
        check($connector->sendPacketFile($path, StateSecret::NOT_CONTAINED)['again'], 'again');
        $id = $sent['outgoing'];
        check($connector->findSent('H99.01', 'H99.01,2026/03/04,5/STD-VP') === [$id], 'found');
        check($connector->packet($id)->get('Code/CodeNumber') === '5', 'its packet');
        fails('state-secret', fn () => $connector->send(document('6'), StateSecret::CONTAINED));
        fails('invalid-argument', fn () => $connector->send(document('6'), 0));
        fails('not-found', fn () => $connector->why('out-99'));
        $unknown = fn () => $connector->recall($id, 'nhầm', ['H99.88', 'H99.89']);
        check(fails('invalid-argument', $unknown)->context !== [], 'no receiver');
        $cut = fn () => $connector->recall($id, 'nhầm', ["H99.88\0"]);
        throws(\ValueError::class, $cut);
        check($connector->poll(0) === null, 'nothing came');
        foreach (['stats', 'doctor', 'transfers'] as $query) {
            check(is_array($connector->$query()), $query);
        }
        check($connector->quarantine(10) === [], 'nothing in quarantine');
        check(count($connector->thread($id)) > 0, 'thread');
        $connector->backup("$folder/sao lưu");
        check(is_dir("$folder/sao lưu"), 'backup');
        $client = new Connector(config('stores')->set('connector.role', 'client'));
        check(count($client->findSent('H99.01', 'H99.01,2026/03/04,5/STD-VP')) === 1, 'a client');
        fails('not-for-client', fn () => $client->receiveNow());
        fails('store-in-use', fn () => new Connector(config('stores')));
    },
    'what_is_signed_is_proven' => function () use ($folder, $keys) {
        $config = config('signs')
            ->set('signature.trust', "$keys/trust")
            ->set('signature.policy', 'strict')
            ->set('signature.sign', 'true')
            ->set('signature.key_file', "$keys/signer.p12")
            ->set('signature.key_password', 'made-up');
        $verifier = new Verifier($config);
        $signer = new Signer($config);
        $packet = Packet::fromBytes(document('1')->bytes());
        $report = $verifier->verify($packet, $met);
        check(!$met && $report['authenticity'] === 'unproven', 'not yet');
        $now = 1000 * time();
        $both = Packet::fromBytes($signer->bytes($packet, Signing::BOTH, $now));
        $report = $verifier->verify($both, $met);
        check($met && $report['authenticity'] === 'proven', json_encode($report));
        check($report['seal']['verdict'] === 'valid', json_encode($report));
        $verifier->verify($both, $met, $now + 50 * 366 * 86_400_000);
        check(!$met, 'for a time when the certificate will have ended');
        check($signer->save($packet, Signing::SEAL, "$folder/sealed.edxml") > 2000, 'a file');
        fails('io', fn () => $signer->save($packet, Signing::SEAL, "$folder/sealed.edxml"));
        $connectors = [new Connector($config)];
        $connectors[] = new Connector($config->set('store.path', "$folder/signs, too"), $signer);
        foreach ($connectors as $connector) {
            $sent = $connector->send(document('1'), StateSecret::NOT_CONTAINED);
            $verifier->verify($connector->packet($sent['outgoing']), $met);
            check($met, 'what a connector signs is proven');
        }
        $signer->free();
        fails('invalid-argument', fn () => $signer->bytes($packet, Signing::SEAL));
    },
    'the_thirteen_calls' => function () use ($folder) {
        $sender = new Client(config('calls-a'));
        $receiver = new Client(config('calls-b', 'b'));
        document('13')->save("$folder/thirteen.edxml");
        $waited = $receiver->count(MessageType::EDOC);
        $path = "$folder/thirteen.edxml";
        $sent = $sender->send($path, 'H99.01', ['H99.02'], MessageType::EDOC)[0];
        check($sent['outcome'] === 'accepted' && $sent['to'] === ['H99.02'], 'sent');
        check($receiver->count(MessageType::EDOC) === $waited + 1, 'counted');
        check($receiver->count(MessageType::STATUS) === 0, 'no status');
        $list = $receiver->listReceived(MessageType::EDOC);
        $id = end($list)['doc_id'];
        check($receiver->get($id, "$folder/got.edxml") === filesize("$folder/got.edxml"), 'got');
        fails('io', fn () => $receiver->get($id, "$folder/got.edxml"));
        check($receiver->download($id, "$folder/as-is.edxml") > 0, 'as it is');
        $receiver->acknowledge($id, Acknowledgement::PROCESSING);
        $receiver->acknowledge($id, Acknowledgement::DONE);
        check(count($receiver->listReceived(MessageType::EDOC)) === $waited, 'taken');
        $one = $sender->listSent(MessageType::EDOC, $sent['doc_id']);
        check($one[0]['to_code'] === 'H99.02' && $sender->listSent(MessageType::EDOC) !== [], 'list');
        $agency = ['code' => 'H99.03', 'parent_code' => 'H99.01', 'name' => 'Cơ quan thí dụ'];
        $sender->registerAgency($agency);
        check(in_array('H99.03', array_column($sender->agencies(), 'code'), true), 'registered');
        check(is_array($sender->agenciesQd20(1)), 'by level');
        $units = array_column($sender->synchronizeUnits(), 'name');
        check(in_array('Cơ quan thí dụ', $units, true), 'units');
        $sender->deleteAgency('H99.03');
        $sender->close();
        fails('closed', fn () => $sender->agencies());
        $nowhere = new Client(config('nowhere')->set('axis.url', 'http://127.0.0.1:9'));
        fails('axis-unreachable', fn () => $nowhere->listReceived(MessageType::EDOC));
    },
    'a_child_opens_its_own_when_its_parent_has_closed' => function () {
        $connector = new Connector(config('fork'));
        $opened = fn () => new Connector(config('fork')->set('connector.role', 'client'));
        check(in_child(function () use ($connector, $opened) {
            fails('after-fork', fn () => $connector->stats());
            fails('after-fork', $opened);
        }), 'the child');
        check(is_array($connector->stats()), 'the parent works on');
        $connector->close();
        check(in_child(fn () => check(is_array($opened()->stats()), 'stats')), 'a later child');
    },
    'a_program_that_falls_takes_nobody_along' => function () {
        for ($i = 0; $i < 5; $i++) {
            [$ended, $printed] = anew('fatal');
            check($ended === 255 && str_starts_with($printed, 'falling'), "$ended: $printed");
        }
        // The store is whole, and its lock is gone.
        check(is_array((new Connector(config('fatal')))->stats()), 'the store');
    },
    'it_can_be_preloaded' => function () {
        if (!extension_loaded('Zend OPcache')) {
            echo "       (no opcache: not looked at)\n";
            return;
        }
        $settings = [
            'opcache.enable_cli=1',
            'opcache.preload=' . __DIR__ . '/Lienthong.php',
            // Asked for where PHP runs as root.
            'opcache.preload_user=' . posix_getpwuid(posix_geteuid())['name'],
            'ffi.preload=' . __DIR__ . '/lienthong.h',
        ];
        $options = [];
        foreach ($settings as $setting) {
            array_push($options, '-d', $setting);
        }
        [$ended, $printed] = anew('preloaded', ...$options);
        check($ended === 0 && str_contains($printed, 'works'), $printed);
    },
    'a_library_can_be_named' => function () {
        // Last: what is loaded stays loaded.
        $file = explode(':', getenv('LD_LIBRARY_PATH'))[0] . '/liblienthong.so';
        $class = new \ReflectionProperty(Library::class, 'ffi');
        $class->setAccessible(true);
        $class->setValue(null, null);
        Library::load($file);
        check(count(Library::errorKinds()) > 10, 'another way to load');
        throws(\FFI\Exception::class, function () use ($class) {
            $class->setValue(null, null);
            Library::load('/no/such/library.so');
        });
    },
];

mkdir($folder, 0777, true);
$failed = 0;
foreach ($tests as $name => $test) {
    try {
        $test();
        gc_collect_cycles();
        check(Library::liveHandles() === 0, Library::liveHandles() . ' objects were left behind');
        echo "ok     $name\n";
    } catch (\Throwable $thrown) {
        $failed++;
        echo "FAILED $name: $thrown\n";
    }
}
exit($failed === 0 ? 0 : 1);
