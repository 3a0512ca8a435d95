import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** A datagram that peers sent which are not ours: see test/vectors/README.md. */
export interface RecordedDatagram {
  readonly toSeeder: boolean;
  readonly bytes: Uint8Array;
}

const folder = join(__dirname, '../vectors');
const recording = z.object({ datagrams: z.array(z.tuple([z.number(), z.string(), z.string()])) });

/** The recorded conversations: of each the datagrams in their order, up to so many. */
export function recordedConversations(datagramsMax: number): RecordedDatagram[][] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return files.map((file) =>
    recording
      .parse(JSON.parse(readFileSync(join(folder, file), 'utf8')))
      .datagrams.slice(0, datagramsMax)
      .map(([, way, payload]) => ({ toSeeder: way === 'L>S', bytes: new Uint8Array(Buffer.from(payload, 'hex')) })),
  );
}
