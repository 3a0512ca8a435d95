import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadTrackerConfig } from '@weir/config';
import { planTracker } from '@weir/tracker';

const root = resolve(__dirname, '..');
const page = readFileSync(join(root, 'docs/tracker.md'), 'utf8');

/** Configurations that the page shows; what Prometheus reads is none of ours. */
const shown = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)]
  .map(([, text = '']) => text)
  .filter((text) => !text.startsWith('scrape_configs:'));

const folder = mkdtempSync(join(tmpdir(), 'weir-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('shows configurations', () => expect(shown).toHaveLength(3));

it.each(shown)('shows a tracker what it can be told:\n%s', (text) => {
  const file = join(folder, 'tracker.yaml');
  writeFileSync(file, text);
  expect(planTracker(loadTrackerConfig({ file, env: {} }))).toMatchObject({ path: '/' });
});

it('has an example in the package, with an admin side', () => {
  const config = loadTrackerConfig({ file: join(root, 'ops/package/etc/tracker.yaml'), env: {} });
  expect(planTracker(config)).toMatchObject({
    admin: { host: '127.0.0.1', port: 7847, tokenFile: '/var/lib/weir-tracker/admin-token' },
    options: { admission: 'any' },
    tls: undefined,
  });
});

it('leads on to pages and chapters that exist', () => {
  for (const [, file = '', anchor] of page.matchAll(/\]\(([\w./-]*)(?:#([\w-]+))?\)/g)) {
    const target = file === '' ? page : readFileSync(join(root, 'docs', file), 'utf8');
    const anchors = [...target.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    if (anchor !== undefined) expect(anchors).toContain(anchor);
  }
});
