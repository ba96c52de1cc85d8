// Films that browsers write themselves: their clock ticks a thousand times a second, and they tell neither rate nor length.
import { writeFileSync } from 'node:fs';
import { launch } from '../../browser/house.mjs';
import { film } from './film.mjs';

// In a page: records `seconds` of a canvas with the burnt-in clock and of a beep at every full second; answers the file in base64.
async function record({ seconds, type }) {
  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
  const paint = canvas.getContext('2d');
  const context = new AudioContext();
  const heard = context.createMediaStreamDestination();
  const tone = new OscillatorNode(context, { frequency: 1000 });
  const level = new GainNode(context, { gain: 0.002 });
  tone.connect(level).connect(heard);
  tone.start();
  const begin = context.currentTime + 0.2;
  for (let second = 0; second <= seconds; second += 1) {
    level.gain.setValueAtTime(0.6, begin + second);
    level.gain.setValueAtTime(0.002, begin + second + 0.06);
  }
  const draw = setInterval(() => {
    const value = Math.max(0, Math.floor((context.currentTime - begin) * 100));
    paint.fillStyle = '#303030';
    paint.fillRect(0, 0, 320, 180);
    paint.fillStyle = '#fff';
    for (let bit = 0; bit < 16; bit += 1)
      if ((value >> bit) & 1) paint.fillRect(320 * ((bit % 8) * 0.12 + 0.02), 180 * (bit < 8 ? 0.1 : 0.55), 32, 63);
  }, 20);
  const stream = new MediaStream([...canvas.captureStream(25).getTracks(), ...heard.stream.getTracks()]);
  const recorder = new MediaRecorder(stream, { mimeType: type });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.start(1000);
  await new Promise((done) => setTimeout(done, seconds * 1000));
  clearInterval(draw);
  await new Promise((done) => {
    recorder.onstop = done;
    recorder.stop();
  });
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}

for (const [name, type, short] of [
  ['media-recorder-vp8.webm', 'video/webm;codecs=vp8,opus', true],
  ['media-recorder-vp9.webm', 'video/webm;codecs=vp9,opus', false],
])
  film(
    name,
    async (to) => {
      const browser = await launch(['--autoplay-policy=no-user-gesture-required']);
      try {
        const page = await browser.newPage();
        writeFileSync(to, Buffer.from(await page.evaluate(record, { seconds: 6, type }), 'base64'));
      } finally {
        await browser.close();
      }
    },
    { within: [5, 7], short, loose: true },
  );
