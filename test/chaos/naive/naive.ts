import { join } from 'node:path';
import { plainProgram } from '../kill/program.ts';

export const twin = plainProgram('naive twin', join(import.meta.dirname, 'twin.ts'));
