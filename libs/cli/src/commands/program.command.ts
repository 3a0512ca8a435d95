import { Injectable } from '@nestjs/common';
import { InjectCommander, type CommandRunner } from 'nest-commander';

type Program = Pick<Parameters<CommandRunner['setCommand']>[0], 'name' | 'description'>;

/** Gives the whole command line its name, which is not that of the script. */
@Injectable()
export class WeirProgram {
  constructor(@InjectCommander() program: Program) {
    program
      .name('weir')
      .description('A peer-to-peer cache: PPSPP (RFC 7574) between peers, PPSTP (RFC 7846) with trackers.');
  }
}
