const NOTES_HZ = [880, 1174.66];
const NOTE_S = 0.16;
const FADE_S = 0.02;

/** Two short notes. A browser plays nothing before the person has pressed something on the page. */
export class Tone {
  /** @type {AudioContext | null} */
  #context = null;

  get isBlocked() {
    return navigator.userActivation?.hasBeenActive === false;
  }

  /** @param {number} volume from 0 to 1 */
  async play(volume) {
    // One that is made too early is mute for good in some browsers, and complains in others.
    if (this.isBlocked || !globalThis.AudioContext) return;
    this.#context ??= new AudioContext();
    await this.#context.resume();
    const startS = this.#context.currentTime + FADE_S;
    for (const [index, hz] of NOTES_HZ.entries()) {
      note(this.#context, hz, startS + index * NOTE_S, volume);
    }
  }
}

/**
 * @param {AudioContext} context
 * @param {number} hz
 * @param {number} startS
 * @param {number} volume
 */
function note(context, hz, startS, volume) {
  const oscillator = new OscillatorNode(context, { type: "sine", frequency: hz });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, startS);
  gain.gain.linearRampToValueAtTime(volume * 0.5, startS + FADE_S);
  gain.gain.linearRampToValueAtTime(0, startS + NOTE_S);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(startS);
  oscillator.stop(startS + NOTE_S);
}
