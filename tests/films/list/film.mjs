// What is said of a film: how it is made, and what must come out. `short`: also in the short run. `seconds`: how long it is;
// `reason`: how it must fail; `unplaced`: its text has lost where it stands; `said`: words of it; `late`: where picture and sound
// begin, in seconds; `mute`: without sound; `steady`: all pictures of one size; `warnings`: ids it must have; `fields`: two
// of them are in each picture, which blurs its clock now and then; `held`: one picture stands for segments.
export const films = [];
export const film = (name, make, expect = {}) => films.push({ name, make, ...expect });
