/** The process that is killed: the real writer thread, and clients that fetch, serve and purge until somebody ends them. */
import { openSync, writeSync } from 'node:fs';
import { env } from 'node:process';
import {
  emptyBatch,
  IntegrityLog,
  type RunningWriter,
  Scrubber,
  startWriter,
  StoreClient,
  type Batch,
  type RuleChange,
} from '@weir/store';
import { z } from 'zod';
import { madeContents, type Content } from './contents';
import { diceOf, type Dice } from './dice';
import type { Entry, Phase, Wish } from './journal';
import { nextDeed, type Deed, type Life } from './scenario';

/** Clients, as an appliance has one for each datapath thread and one for the operator. */
const clientCount = 3;

/** What each of them has under way at a time. */
const deedsAtOnce = 3;

/** Of all traces together: a file is full after some thousand requests. */
const recordedBytesMax = 64 * 1024;

/** How often the scrub is told that somebody waits for it. */
const hurryMillis = 20;

const life = z.custom<Life>().parse(JSON.parse(env['WEIR_CRASH'] ?? '{}'));
const journal = openSync(life.journal, 'a');
let questions = 0;
let answers = 0;
let stopping = false;

function tell(entry: Entry): void {
  writeSync(journal, `${JSON.stringify(entry)}\n`);
}

/** For the parent, who may be waiting for it to strike. */
function reach(phase: Phase): void {
  tell({ kind: 'phase', phase });
  writeSync(1, `${phase}\n`);
}

async function run(): Promise<void> {
  const contents = madeContents();
  const { directory, capacityBytes, probationBytes, seed, recording } = life;
  reach('starting');
  const writer = await startWriter({
    ...{ directory, capacityBytes, probationBytes },
    recording: recording === undefined ? undefined : { directory: recording, bytesMax: recordedBytesMax },
  });
  reach('ready');
  const clients = Array.from({ length: clientCount }, () => new StoreClient(writer.connect()));
  const actors = clients.flatMap((client, at) =>
    Array.from({ length: deedsAtOnce }, (_, nth) => act(client, diceOf(seed * 64 + at * 8 + nth), contents)),
  );
  const scrub = life.scrubs ? beginScrub(writer) : undefined;
  await Promise.all(actors);
  await scrub?.stop();
  await Promise.all(clients.map((client) => client.close()));
  reach('stopping');
  await writer.stop();
  reach('stopped');
}

/** One pass after the other. A store that nobody damaged has nothing that it could find, whatever is written meanwhile. */
function beginScrub(writer: RunningWriter): { stop(): Promise<void> } {
  const client = new StoreClient(writer.connect());
  let isTold = false;
  const scrubber = new Scrubber(
    { directory: life.directory, bytesPerSecond: 2 ** 40 },
    new IntegrityLog(life.directory),
    {
      isUsable: () => true,
      storedBytes: () => writer.usage().storedBytes,
      erase: (erase) => client.commit({ ...emptyBatch, erase }),
      renew: (writes) => client.commit({ ...emptyBatch, writes }),
      onFindings: (findings) => tell({ kind: 'damaged', what: JSON.stringify(findings) }),
      onChecked: (bytes) => {
        tell({ kind: 'scrubbed', bytes });
        if (!isTold) reach('scrubbing');
        isTold = true;
      },
      onFailure: (failure) => tell({ kind: 'damaged', what: String(failure) }),
    },
  );
  scrubber.start(true);
  const hurrying = setInterval(() => scrubber.hurry(), hurryMillis);
  return {
    stop: async () => {
      clearInterval(hurrying);
      await scrubber.stop();
      await client.close();
    },
  };
}

async function act(client: StoreClient, dice: Dice, contents: readonly Content[]): Promise<void> {
  while (!stopping) {
    await perform(client, nextDeed(dice, contents, life.hasOperator));
    answers++;
    stopping = life.answersToStop > 0 && answers >= life.answersToStop;
  }
}

async function perform(client: StoreClient, deed: Deed): Promise<void> {
  const { swarmId } = deed.content;
  switch (deed.type) {
    case 'write': {
      const write = deed.content.write(deed.first, deed.count);
      const indexes = write.extents.map(({ index }) => index);
      await ask(client, { type: 'write', swarmId, indexes }, { ...emptyBatch, writes: [write] });
      break;
    }
    case 'use': {
      const touched = Array.from({ length: deed.count }, (_, at) => ({ swarmId, index: deed.first + at, by: deed.by }));
      await client.commit({ ...emptyBatch, touched });
      break;
    }
    case 'erase':
      await ask(
        client,
        { type: 'erase', swarmId, index: deed.index },
        { ...emptyBatch, erase: [{ swarmId, index: deed.index }] },
      );
      break;
    case 'purge':
      await ask(client, { type: 'purge', swarmId }, { ...emptyBatch, erase: [{ swarmId }] });
      break;
    case 'rule':
      await ask(client, { type: 'rule', swarmId, change: deed.change }, { ...emptyBatch, ...laidDown(deed.change) });
      break;
  }
}

/** A block takes along what is there, as the operator's does. */
function laidDown(change: RuleChange): Pick<Batch, 'rules' | 'erase'> {
  const isBlock = change.kind === 'swarm' && change.rule?.blocked !== undefined;
  return { rules: [change], erase: isBlock ? [{ swarmId: change.swarmId }] : [] };
}

async function ask(client: StoreClient, wish: Wish, batch: Batch): Promise<void> {
  const id = ++questions;
  tell({ kind: 'asked', id, wish });
  const { refused, evicted } = await client.commit(batch);
  const failed = [...refused, ...evicted].filter(({ swarmId }) => swarmId === wish.swarmId).map(({ index }) => index);
  tell({ kind: 'answered', id, failed });
}

void run();
