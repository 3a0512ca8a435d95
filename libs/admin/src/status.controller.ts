import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { formatHostPort } from '@weir/config';
import { InterceptService } from '@weir/intercept';
import { PeerService, type StoreState } from '@weir/peer';
import { versionAbove } from '@weir/rest';
import { ReadinessRegistry } from '@weir/telemetry';
import { statusView, type StatusView } from './status-view';
import { unmetIn } from './unmet';

const version = versionAbove(__dirname);

/** How the appliance does, at a glance. */
@ApiTags('status')
@Controller('v1/status')
export class StatusController {
  constructor(
    private readonly peer: PeerService,
    private readonly interception: InterceptService,
    private readonly readiness: ReadinessRegistry,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'showStatus', summary: 'How the appliance does: readiness, traffic, store.' })
  @ApiOkResponse({ standardSchema: statusView })
  async show(): Promise<StatusView> {
    await this.peer.refresh();
    const { channels, fetchedBytes, servedBytes, hitBytes, missBytes } = this.peer.totals;
    const { storedBytes, capacityBytes, usableBytes } = this.peer.usage;
    const asked = hitBytes + missBytes;
    const unmet = unmetIn(this.readiness);
    const { enabled, epochSeconds, passed, popular } = this.interception.status;
    return {
      version,
      uptimeSeconds: Math.floor(process.uptime()),
      ready: unmet.length === 0,
      unmet,
      addresses: this.peer.addresses.map(({ ip, port }) => formatHostPort({ host: ip, port })),
      channels,
      byteHitRatio: asked === 0 ? null : hitBytes / asked,
      byteHitRatioEstimate: passed.byteHitRatio ?? null,
      passedBytesEstimate: passed.contentBytes,
      intercept: {
        enabled,
        diverting: epochSeconds !== undefined,
        epochSeconds: epochSeconds ?? null,
        popular: popular.map(({ swarmId, score }) => ({ swarmId, score })),
      },
      store: storeViewOf(this.peer.storeState),
      cacheInBytes: fetchedBytes,
      cacheOutBytes: servedBytes,
      ...{ hitBytes, missBytes, storedBytes, capacityBytes, usableBytes },
    };
  }
}

function storeViewOf(state: StoreState): StatusView['store'] {
  const trouble = 'message' in state ? state : undefined;
  return { condition: state.reason, code: trouble?.code ?? null, reason: trouble?.message ?? null };
}
