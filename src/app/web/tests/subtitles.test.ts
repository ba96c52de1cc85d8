// A file of subtitles somebody adds: its bytes read as words, its language told by its name.
import { describe, expect, it } from 'vitest';
import { decode, languageOf } from '../src/lib/subtitles';

const bytes = (...list: number[]) => new Uint8Array(list);

describe('a file of subtitles', () => {
  it('is read by its mark', () => {
    expect(decode(bytes(0xef, 0xbb, 0xbf, 0xc5, 0x91), 'hu')).toBe('ő');
    expect(decode(bytes(0xff, 0xfe, 0x51, 0x01), 'hu')).toBe('ő');
    expect(decode(bytes(0xfe, 0xff, 0x01, 0x51), 'hu')).toBe('ő');
  });
  it('is UTF-8 where it can be, else what people of its language saved', () => {
    expect(decode(bytes(0xc5, 0x91), 'hu')).toBe('ő');
    expect(decode(bytes(0xf5), 'hu')).toBe('ő');
    expect(decode(bytes(0xf5), 'pt-BR')).toBe('õ');
    expect(decode(bytes(0xf5), 'ru')).toBe('х');
  });
  it('tells its language by its name', () => {
    expect(languageOf('Heat.1995.hu.srt')).toBe('hu');
    expect(languageOf('Heat.hun.srt')).toBe('hu');
    expect(languageOf('Heat.eng.forced.srt')).toBe('en');
    expect(languageOf('Heat.pt-BR.srt')).toBe('pt-BR');
    expect(languageOf('It.srt')).toBe(null);
    expect(languageOf('Heat.1080p.x264.srt')).toBe(null);
  });
});
