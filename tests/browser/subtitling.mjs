// Subtitles of one's own: a file added to a film, read in the player, taken away again.
import { stepsGone, until } from './house.mjs';

const latin2 = Buffer.concat([
  Buffer.from('1\r\n00:00:00,500 --> 00:00:09,000\r\n<i>Van itt valaki?</i>\r\n\r\n2\r\n00:00:09,500 --> 00:00:11,000\r\nJ'),
  Buffer.from([0xf5]), // ő as windows-1250 has it
  Buffer.from('v\u00f6k.\r\n', 'latin1'),
]);

export async function subtitling(house) {
  const page = house.member;
  const dialog = page.getByRole('dialog', { name: /^Subtitles of / });
  const { video } = await (await fetch(house.base + house.filmPath.replace('/film/', '/api/movies/'))).json();
  const { mediaId } = video;
  await house.check('a file that is no subtitles is refused with a sentence, beside the field', async () => {
    await page.goto(`${house.base}/uploads`);
    await page.locator(`a[href*="subtitles=${mediaId}"]`).click();
    await dialog.waitFor();
    await dialog.getByLabel('File').setInputFiles({ name: 'notes.srt', mimeType: 'text/plain', buffer: Buffer.from('Milk, bread.') });
    await house.excuse(/status of 4/, async () => {
      await dialog.getByRole('button', { name: 'Add it' }).click();
      await dialog.locator('.error, [role=alert]').waitFor();
    });
    return (await dialog.locator('.error, [role=alert]').innerText()).length > 20 ? '' : 'no sentence';
  });
  await house.check('an old file is read in its own letters, and its name tells its language', async () => {
    await dialog.getByLabel('File').setInputFiles({ name: 'Film.hun.srt', mimeType: 'application/x-subrip', buffer: latin2 });
    if ((await dialog.getByLabel('Language').inputValue()) !== 'hu') return 'the language is not chosen';
    await dialog.getByRole('button', { name: 'Add it' }).click();
    await dialog.getByText('added').waitFor();
    await house.shot(page, 'subtitles');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await stepsGone(page);
    return /subtitles=/.test(page.url()) ? `the address still has it: ${page.url()}` : '';
  });
  await house.check('it is chosen and read in the player, which leads back to adding', async () => {
    await page.goto(house.base + house.filmPath.replace('/film/', '/watch/'));
    await page.locator('[data-phase=playing]').waitFor();
    await page.getByRole('button', { name: 'Sound and subtitles' }).click();
    await page.getByRole('radio', { name: 'Hungarian' }).check({ force: true });
    await page.locator('video').evaluate((video) => {
      video.pause();
      video.currentTime = 2;
    });
    await until('the line is read', async () => (await page.locator('.cue').allTextContents()).join() === 'Van itt valaki?');
    await page.getByRole('link', { name: 'Add a file' }).click();
    await dialog.waitFor();
  });
  await house.check('it is taken away again', async () => {
    await dialog.getByRole('button', { name: /^Take away/ }).click();
    await dialog.getByText('This film has none so far.').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await stepsGone(page);
  });
}
