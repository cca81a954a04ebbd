import { matrix } from './matrix.ts';
import { meaning } from './meaning.ts';

matrix(meaning);
