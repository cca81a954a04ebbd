import { stripVTControlCharacters } from 'node:util';

/**
 * Breaks text at spaces so that no line is wider than `columns`. What fits stays exactly as it is, indentation and all;
 * what has no space in it stays whole, so that it can be copied.
 */
export const wrap = (text: string, columns: number): readonly string[] =>
  text.split('\n').flatMap((paragraph) => {
    if (stripVTControlCharacters(paragraph).length <= columns) return [paragraph];
    const lines: string[] = [];
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > columns) {
        lines.push(line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    return [...lines, line];
  });
