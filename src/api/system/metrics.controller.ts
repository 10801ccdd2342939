import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Metrics } from '../../platform/metrics/index.js';
import { May } from '../access/access.guard.js';

/** What the process tells about itself, for a collector with an admin's key; without one see `ATENDE_METRICS_PORT`. */
@ApiTags('system')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @May('metrics.read')
  @Header('cache-control', 'no-store')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ operationId: 'readMetrics', summary: 'Metrics of this process, in the text format of Prometheus' })
  @ApiProduces('text/plain')
  @ApiResponse({
    status: 200,
    description: 'Metrics of the product, of the process and of the Temporal SDK',
    schema: { type: 'string' },
  })
  read(): Promise<string> {
    return this.metrics.text();
  }
}
