// Tiny real videos, each with bytes of its own, rendered once on the spot.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

export function render(folder, name, seconds, size = '160x90', more = []) {
  mkdirSync(folder, { recursive: true })
  const file = path.join(folder, name)
  const picture = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=12:duration=${seconds}`]
  const sound = ['-f', 'lavfi', '-i', `sine=frequency=1000:sample_rate=48000:duration=${seconds}`]
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...picture, ...sound, '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', ...more,
    '-c:a', 'aac', '-movflags', '+faststart', file], { stdio: ['ignore', 'ignore', 'inherit'], timeout: 120_000 })
  return readFileSync(file)
}

// The same film with other bytes: an MP4 box that players skip says who it is.
export function stamped(bytes, text) {
  const words = Buffer.from(text)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + words.length)
  head.write('free', 4)
  return Buffer.concat([bytes, head, words])
}

export const announce = (size, filename) => ({
  'tus-resumable': '1.0.0', 'upload-length': String(size),
  'upload-metadata': `filename ${Buffer.from(filename).toString('base64')},filetype ${Buffer.from('video/mp4').toString('base64')}`,
})

export const chunk = (offset, checksum) => ({
  'tus-resumable': '1.0.0', 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream',
  ...(checksum ? { 'upload-checksum': `sha256 ${Buffer.from(checksum, 'hex').toString('base64')}` } : {}),
})
