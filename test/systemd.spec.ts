import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const folder = resolve(__dirname, '../ops/systemd');
const { error } = spawnSync('systemd-analyze', ['--version']);
if (error !== undefined) process.stderr.write('skipped, what systemd makes of the units: systemd-analyze is missing\n');
const itAnalyzes = error === undefined ? it : it.skip;

/** What a unit is told, the last of a key that may stand once; keys that stand several times one after the other. */
function settings(unit: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [, key = '', value = ''] of readFileSync(join(folder, unit), 'utf8').matchAll(/^(\w+)=(.*)$/gm))
    found.set(key, [...(found.get(key) ?? []), value]);
  return found;
}

const units = [
  { unit: 'weir.service', exposureMax: 1.7 },
  { unit: 'weir-tracker.service', exposureMax: 1.4 },
];

describe.each(units)('$unit', ({ unit, exposureMax }) => {
  itAnalyzes('is understood by systemd', () => {
    const { stderr } = spawnSync('systemd-analyze', ['verify', join(folder, unit)], { encoding: 'utf8' });
    const notInstalledHere = /^[\w-]+\.service: Command \/opt\/weir\/current\/bin\/weir is not executable: .*\n/gm;
    expect(stderr.replace(notInstalledHere, '')).toBe('');
  });

  itAnalyzes(`exposes no more than ${exposureMax} of 10`, () => {
    const args = ['security', '--offline=true', '--no-pager', join(folder, unit)];
    const { stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    expect(Number(/exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1])).toBeLessThanOrEqual(exposureMax);
  });

  it('can gain nothing beyond what it begins with', () => {
    const told = settings(unit);
    expect(told.get('NoNewPrivileges')).toEqual(['yes']);
    expect(told.get('CapabilityBoundingSet')).toEqual(told.get('AmbientCapabilities'));
    expect(told.get('User') ?? told.get('DynamicUser')).toBeDefined();
  });
});

it('the appliance has the capabilities that interception needs, and no other', () => {
  const [ambient = ''] = settings('weir.service').get('AmbientCapabilities') ?? [];
  expect(ambient.split(' ').sort()).toEqual(['CAP_NET_ADMIN', 'CAP_NET_BIND_SERVICE', 'CAP_NET_RAW']);
});
