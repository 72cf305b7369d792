<?php
/**
 * The story of examples/story/README.md in PHP.
 *
 * Usage: php story.php CONFIG FILE FILE FOLDER
 */

declare(strict_types=1);

namespace Lienthong;

require __DIR__ . '/Lienthong.php';

/** How long this program waits for anything, in seconds. Yours goes on for years. */
const PATIENCE = 60;

/** A document with everything the Office wants to know. */
function document(string $number): Document
{
    return (new Document())
        ->set('From/OrganId', 'H99.01')
        ->set('From/OrganName', 'Cơ quan thí dụ')
        ->set('To/OrganId', '000.00.00.G22')
        ->set('DocumentId', "H99.01,2026/03/04,$number/STD-VP")
        ->set('Code/CodeNumber', $number)
        ->set('Code/CodeNotation', 'STD-VP')
        ->set('PromulgationInfo/Place', 'Thí dụ')
        ->set('PromulgationInfo/PromulgationDate', '2026-03-04')
        ->set('Subject', 'V/v thí dụ');
}

/**
 * Waits until what is known of a packet is as wanted. An event says that something happened; how
 * things stand is asked for. Yours has one loop for all packets.
 */
function await(Connector $connector, string $id, callable $found, string $wanted): void
{
    $end = time() + PATIENCE;
    while (time() < $end) {
        if ($found($connector->why($id)) === $wanted) {
            return;
        }
        foreach ($connector->events(100, 1000) as $event) {
            // Once your database has it. Until then it comes again.
            $connector->eventsDone($event['number']);
        }
    }
    throw new \RuntimeException("$id is not $wanted within a minute");
}

function printStatuses(Connector $connector, string $id): void
{
    foreach ($connector->statuses($id) as $status) {
        echo "{$status['organ']} says {$status['code']}\n";
    }
}

function sendAndFollow(Connector $connector, string $first, string $second): void
{
    $seven = document('7')->attachFile($first)->attachFile($second);
    // When this returns, the packet is on disk and will be delivered, also after a crash or days
    // without the axis. That there are no state secrets in it is for you to say.
    $id = $connector->send($seven, StateSecret::NOT_CONTAINED)['outgoing'];
    echo "sent {$seven->get('DocumentId')} with 2 files\n";
    await($connector, $id, fn ($why) => $why['outgoing']['recipients'][0]['state'], 'finished');
    printStatuses($connector, $id);
}

function receiveAndReport(Connector $connector, string $folder): void
{
    $incoming = $connector->poll(1000 * PATIENCE);
    if ($incoming === null) {
        throw new \RuntimeException('nothing came within a minute');
    }
    $packet = $incoming->packet();
    $packet->extract($folder);
    $size = strlen($packet->attachmentBytes(1));
    echo "received {$packet->get('DocumentId')} from {$incoming->from()} ",
        "with {$packet->attachmentCount()} file of $size bytes\n";
    // What was signed was judged when it came (keys signature....); a policy can ask for proof. This
    // axis signs nothing.
    $found = $incoming->json()['signatures'];
    $verdicts = "packet signature {$found['packet_signature']['verdict']}, ";
    $verdicts .= "seal {$found['seal']['verdict']}";
    echo "authenticity {$found['authenticity']}: $verdicts\n";
    // Now it lies where it belongs: it is not shown again. Of no use as it is: refuse it with the
    // reason. Could it not be kept just now: give it back.
    $connector->accept($incoming->id(), $incoming->lease());
    foreach ([3, 4, 5, 6] as $code) {
        $connector->report($incoming->id(), $code);
    }
    for ($i = 0; $i < 5; $i++) {
        $delivery = fn ($why) => $why['incoming']['reports'][$i]['recipients'][0]['delivery'] ?? '';
        await($connector, $incoming->id(), $delivery, 'accepted');
        $status = $connector->why($incoming->id())['incoming']['reports'][$i]['status'];
        echo "reported $status\n";
    }
}

function sendAndRecall(Connector $connector, string $file): void
{
    // This time from memory.
    $eight = document('8')->attach('Phụ lục.txt', file_get_contents($file));
    $id = $connector->send($eight, StateSecret::NOT_CONTAINED)['outgoing'];
    echo "sent {$eight->get('DocumentId')} with 1 file\n";
    $state = fn ($why) => $why['outgoing']['recipients'][0]['state'];
    await($connector, $id, $state, 'arrived');
    $connector->recall($id, 'Ban hành nhầm');
    await($connector, $id, $state, 'recalled');
    printStatuses($connector, $id);
    echo "recalled\n";
}

function tell(string $config, string $first, string $second, string $folder): void
{
    // One for the whole program, for years. It opens without the axis, too.
    $connector = new Connector((new Config())->loadFile($config));
    sendAndFollow($connector, $first, $second);
    receiveAndReport($connector, $folder);
    sendAndRecall($connector, $second);
    if (!$connector->close()) {
        throw new \RuntimeException('it did not close in time');
    }
}

if ($argc !== 5) {
    fwrite(STDERR, "usage: php story.php CONFIG FILE FILE FOLDER\n");
    exit(2);
}
try {
    tell($argv[1], $argv[2], $argv[3], $argv[4]);
} catch (LienthongException $error) {
    // Yours shows the message to whoever can act (whoActs), and tries again where that is safe
    // (retry).
    fwrite(STDERR, "error {$error->getCode()}: {$error->getMessage()}\n");
    exit(1);
}
if (Library::liveHandles() !== 0) {
    fwrite(STDERR, "something was left behind\n");
    exit(1);
}
echo "closed\n";
