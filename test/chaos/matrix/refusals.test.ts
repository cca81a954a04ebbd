import { matrix } from './matrix.ts';
import { refusals } from './refusals.ts';

matrix(refusals);
