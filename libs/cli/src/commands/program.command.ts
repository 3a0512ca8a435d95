import { Inject, Injectable } from '@nestjs/common';
import { InjectCommander, type CommandRunner } from 'nest-commander';
import { VERSION } from './tokens';

type Program = Pick<Parameters<CommandRunner['setCommand']>[0], 'name' | 'version' | 'description'>;

/** Gives the whole command line its name, which is not that of the script, and its version. */
@Injectable()
export class WeirProgram {
  constructor(@InjectCommander() program: Program, @Inject(VERSION) version: string) {
    program
      .name('weir')
      .version(version, '--version', 'print the version')
      .description('A peer-to-peer cache: PPSPP (RFC 7574) between peers, PPSTP (RFC 7846) with trackers.');
  }
}
