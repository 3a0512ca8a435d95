import { hostPort } from '../e2e/harness/peers';
import type { Program } from '../e2e/harness/program';
import { sha256Of, Stage, type ContentFile } from '../e2e/harness/stage';
import { untilTrue } from '../e2e/harness/waiting';
import { Detour } from './detour';
import { endOf, type Namespace } from './namespaces';
import { describeNamespaces } from './obstacle';

jest.setTimeout(60_000);

const admin = 'http://127.0.0.1:9080';

describeNamespaces('an appliance with one interface, beside a router that leads UDP by way of it', () => {
  const stage = new Stage();
  let detour: Detour;
  let content: ContentFile;
  let appliance: Program;

  beforeAll(async () => {
    detour = new Detour();
    await detour.settle();
    content = stage.content('source', 2_000_000);
    detour.route('up');
    const leg = endOf(detour.router);
    const env = {
      WEIR_SUBSCRIBERS: '10.93.0.0/24,fd93::/64',
      WEIR_PPSPP_LISTEN: '10.93.2.2:6778,[fd93:2::2]:6778',
      WEIR_STORE_PATH: stage.path('store'),
      WEIR_STORE_CAPACITY: '100MiB',
      WEIR_INTERCEPT_ENABLED: 'true',
      WEIR_INTERCEPT_INSIDE: leg,
      WEIR_INTERCEPT_OUTSIDE: leg,
      WEIR_LOG_LEVEL: 'error',
    };
    const settings = stage.weir(['intercept', 'print', '--sysctl'], { env, launcher: detour.appliance.launcher });
    detour.appliance.run('sysctl -q -p -', (await settings.ended).stdout);
    appliance = stage.weir(['appliance'], { env, launcher: detour.appliance.launcher, limitMillis: 120_000 });
    const ended = appliance.ended.then(({ stdout, stderr }) => {
      throw new Error(`the appliance ended: ${stdout}${stderr}`);
    });
    await Promise.race([untilTrue('the appliance is ready', () => answers('/readyz'), 20_000), ended]);
  });

  afterAll(async () => {
    await stage.end();
    await detour.end();
  });

  function answers(path: string): boolean {
    try {
      detour.appliance.run(`${process.execPath} -e fetch('${admin}${path}').then(({ok})=>process.exit(ok?0:1))`);
      return true;
    } catch {
      return false;
    }
  }

  const within = ({ launcher }: Namespace, args: readonly string[]): Program => stage.weir(args, { launcher });

  async function seeder(ip: string): Promise<Program> {
    const program = within(detour.internet, ['seed', content.path, '--listen', hostPort(ip, 6881)]);
    await program.line('stdout', /^ppsp:/);
    return program;
  }

  /** What a subscriber gets who knows nobody but a seeder on the Internet. */
  async function fetched(swarmId: string, ip: string, name: string): Promise<string> {
    const args = ['fetch', swarmId, '--out', stage.path(name), '--peer', hostPort(ip, 6881), '--timeout', '25'];
    expect(await within(detour.subscriber, args).ended).toMatchObject({ status: 0 });
    return sha256Of(stage.path(name));
  }

  it.each(['10.93.1.2', 'fd93:1::2'])('serves as %s what that once had, and lets pass when it is dead', async (ip) => {
    const first = await seeder(ip);
    const { swarmId }: { swarmId: string } = JSON.parse(await first.line('stdout', /^\{/));
    expect(await fetched(swarmId, ip, `first-${ip}`)).toBe(content.sha256);
    await first.kill();
    expect(await fetched(swarmId, ip, `second-${ip}`)).toBe(content.sha256);
    appliance.signal('SIGSTOP');
    await seeder(ip);
    expect(await fetched(swarmId, ip, `third-${ip}`)).toBe(content.sha256);
    appliance.signal('SIGCONT');
    await untilTrue('the appliance is ready again', () => answers('/readyz'), 15_000);
  });
});
