import type { PipelinePolicy } from '@azure/core-rest-pipeline';

/** Asks before each request that could change something, each retry too; `mayWrite` throws where this process may write no more. */
export const mayWritePolicy = (mayWrite: () => void): PipelinePolicy => ({
  name: 'mayWritePolicy',
  sendRequest(request, next) {
    if (request.method !== 'GET' && request.method !== 'HEAD') mayWrite();
    return next(request);
  },
});
