import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeNative } from './native.testing';
import { notifyService } from './notify';

/** Node has no such sockets; whoever built the addon has Python. */
const manager = `
import socket, sys
heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
heard.bind(sys.argv[1].replace('@', chr(0), 1))
sys.stdout.write('!')
sys.stdout.flush()
sys.stdout.write(heard.recv(1000).decode())
`;

const folder = mkdtempSync(join(tmpdir(), 'weir-notify-'));
afterAll(() => rmSync(folder, { recursive: true }));

describeNative('a service manager', (addon) => {
  it.each([join(folder, 'notify'), `@weir-notify-${process.pid}`])('hears a text at %s', async (path) => {
    const child = spawn('python3', ['-c', manager, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    await once(child.stdout, 'data');
    expect(notifyService(path, 'READY=1\nSTATUS=ready', addon)).toBe(true);
    await once(child, 'close');
    expect(said).toBe('!READY=1\nSTATUS=ready');
  });

  it.each(['', join(folder, 'nobody'), '/'.repeat(200)])('is not there: "%s"', (path) => {
    expect(notifyService(path, 'READY=1', addon)).toBe(false);
  });
});
