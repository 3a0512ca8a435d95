import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { untilTrue } from '../e2e/harness/waiting';
import { connect, endOf, Namespace } from './namespaces';

const script = resolve(__dirname, '../../ops/nftables/weir-router.sh');

/** A subscriber, the Internet and an appliance, each on a leg of one router: 10.93.N.2 and fd93:N::2 are theirs. */
export class Detour {
  readonly router = new Namespace('router');
  readonly subscriber = new Namespace('subscriber');
  readonly internet = new Namespace('internet');
  readonly appliance = new Namespace('appliance');
  private readonly env: NodeJS.ProcessEnv;

  constructor() {
    const { router, subscriber, internet, appliance } = this;
    for (const [leg, other] of [subscriber, internet, appliance].entries()) joinLeg(router, other, leg);
    for (const one of [router, appliance])
      for (const setting of ['ipv4.ip_forward=1', 'ipv6.conf.all.forwarding=1', 'ipv4.conf.all.send_redirects=0'])
        one.run(`sysctl -qw net.${setting}`);
    this.env = {
      ...process.env,
      WEIR_ROUTER: '/dev/null',
      INSIDE: endOf(subscriber),
      OUTSIDE: endOf(internet),
      LEG: endOf(appliance),
      SUBSCRIBERS4: '10.93.0.0/24, 10.99.0.0/16',
      SUBSCRIBERS6: 'fd93:0::/64',
      APPLIANCE4: '10.93.2.2',
      APPLIANCE6: 'fd93:2::2',
      TRACKERS4: '10.93.1.9',
    };
  }

  /** Starts the router's script; what it says is on stdout. */
  start(task: string): ChildProcess {
    const [command = '', ...words] = this.router.launcher;
    return spawn(command, [...words, script, task], { env: this.env, stdio: ['ignore', 'pipe', 'inherit'] });
  }

  /** Runs the router's script to its end. */
  route(task: string): { readonly status: number | null; readonly stderr: string } {
    const [command = '', ...words] = this.router.launcher;
    const { status, stderr } = spawnSync(command, [...words, script, task], { env: this.env, encoding: 'utf8' });
    return { status, stderr };
  }

  /** Waits until neighbours know one another: addresses of IPv6 are not usable at once. */
  async settle(): Promise<void> {
    for (const [leg, other] of [this.subscriber, this.internet, this.appliance].entries())
      for (const ip of [`10.93.${leg}.1`, `fd93:${leg}::1`])
        await untilTrue(`${other.role} reaches ${ip}`, () => other.run(`ping -q -c 1 -W 1 ${ip}`) !== '');
  }

  async end(): Promise<void> {
    for (const one of [this.subscriber, this.internet, this.appliance, this.router]) await one.end();
  }
}

function joinLeg(router: Namespace, other: Namespace, leg: number): void {
  connect(router, other);
  const [near, far] = [endOf(other), endOf(router)];
  router.configure([`address add 10.93.${leg}.1/24 dev ${near}`, `address add fd93:${leg}::1/64 dev ${near} nodad`]);
  other.configure([
    ...[`address add 10.93.${leg}.2/24 dev ${far}`, `address add fd93:${leg}::2/64 dev ${far} nodad`],
    ...[`route add default via 10.93.${leg}.1`, `route add default via fd93:${leg}::1`],
  ]);
}
