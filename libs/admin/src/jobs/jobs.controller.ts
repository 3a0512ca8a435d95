import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { checked } from '@weir/rest';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Asker, AuditService } from '../audit.service';
import { type JobRequest, jobRequest } from './job-request';
import { type JobsView, jobsView, type JobView, jobView } from './job-view';
import { JobsService } from './jobs.service';

const idRemedy = 'write the id of a job as GET /v1/jobs has it';
const jobId = z.string({ error: idRemedy }).regex(/^[\w-]{1,200}$/, { error: idRemedy });

/** What takes longer than an answer may. */
@ApiTags('jobs')
@Controller('v1/jobs')
export class JobsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly audit: AuditService,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listJobs', summary: 'The jobs that wait and run, and some that have ended.' })
  @ApiOkResponse({ standardSchema: jobsView })
  list(): JobsView {
    return this.jobs.list();
  }

  @Get(':job')
  @ApiOperation({ operationId: 'showJob', summary: 'One job, and how far it is.' })
  @ApiOkResponse({ standardSchema: jobView })
  show(@Param('job', checked(jobId, 'job')) id: string): JobView {
    return this.jobs.show(id);
  }

  @Post()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'createJob',
    summary: 'Orders a pre-fetch, a purge or a scrub.',
    description: 'Answers when the job is on disk: it goes on after a restart.',
  })
  @ApiAcceptedResponse({ standardSchema: jobView })
  async create(
    @Body(checked(jobRequest)) request: JobRequest,
    @Req() asker: Asker,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobView> {
    const view = await this.jobs.create(request);
    this.audit.note(asker, request.type, view.swarmId === null ? `job ${view.id}` : `swarm ${view.swarmId}`);
    void reply.header('location', `/v1/jobs/${view.id}`);
    return view;
  }

  @Delete(':job')
  @ApiOperation({ operationId: 'cancelJob', summary: 'Ends a job; what it has done stays done.' })
  @ApiOkResponse({ standardSchema: jobView })
  async cancel(@Param('job', checked(jobId, 'job')) id: string, @Req() asker: Asker): Promise<JobView> {
    const view = await this.jobs.cancel(id);
    this.audit.note(asker, 'cancel', `job ${id}`);
    return view;
  }
}
