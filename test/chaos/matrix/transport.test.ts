import { matrix } from './matrix.ts';
import { transport } from './transport.ts';

matrix(transport);
