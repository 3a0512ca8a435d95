import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PeerService, pinnedShareMax } from '@weir/peer';
import { cacheView, type CacheView } from './cache-view';
import { RulesService } from './rules/rules.service';

/** What the cache holds, and how it judges. */
@ApiTags('cache')
@Controller('v1/cache')
export class CacheController {
  constructor(
    private readonly peer: PeerService,
    private readonly rules: RulesService,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'showCache', summary: 'What the cache holds, how it judges, and what bounds it.' })
  @ApiOkResponse({ standardSchema: cacheView })
  async show(): Promise<CacheView> {
    await this.peer.refresh();
    const { capacityBytes, storedBytes, memoryBytes, swarms, extents, memoryExtents, policy } = this.peer.usage;
    const { segments, ghosts, probationShare } = policy;
    const { hitBytes, missBytes } = this.peer.totals;
    const asked = hitBytes + missBytes;
    const rules = [...this.peer.operator.rules.swarms.values()];
    return {
      ...{ capacityBytes, storedBytes, memoryBytes, swarms, extents, memoryExtents },
      policy: { segments, ghosts, probationShare },
      pinnedBytes: this.rules.pinnedBytes,
      pinnedBytesMax: Math.floor(capacityBytes * pinnedShareMax),
      blockedSwarms: rules.filter(({ blocked }) => blocked !== undefined).length,
      rules: rules.length,
      byteHitRatio: asked === 0 ? null : hitBytes / asked,
      quotas: this.rules.quotas().quotas,
    };
  }
}
