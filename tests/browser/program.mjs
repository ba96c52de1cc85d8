// The browser that the walks and the films are seen in.
export const browserProgram = process.env.CHROMIUM ?? '/usr/bin/chromium';
