/**
 * The picture of a stream that has no video: a harbour at dusk, in which something always moves, so that one sees
 * at a glance whether the page is alive. A function of the time alone, drawn afresh each time.
 */
export function drawHarbour(pen: CanvasRenderingContext2D, width: number, height: number, timeMs: number) {
  const seconds = timeMs / 1000;
  const horizon = height * 0.58;
  drawSky(pen, width, horizon);
  drawHills(pen, width, horizon);
  drawLighthouse(pen, width * 0.78, horizon, height, seconds);
  drawSea(pen, width, height, horizon, seconds);
  drawBoat(
    pen,
    width * (0.3 + 0.04 * Math.sin(seconds / 19)),
    horizon + height * 0.1,
    height * 0.11,
    seconds,
  );
  drawBoat(
    pen,
    width * (0.58 + 0.03 * Math.sin(seconds / 13 + 2)),
    horizon + height * 0.04,
    height * 0.05,
    seconds + 2,
  );
}

function drawSky(pen: CanvasRenderingContext2D, width: number, horizon: number) {
  const sky = pen.createLinearGradient(0, 0, 0, horizon);
  sky.addColorStop(0, '#0f1b33');
  sky.addColorStop(0.55, '#3a3f63');
  sky.addColorStop(0.85, '#b06a5b');
  sky.addColorStop(1, '#f0b277');
  pen.fillStyle = sky;
  pen.fillRect(0, 0, width, horizon + 1);

  const glow = pen.createRadialGradient(width * 0.42, horizon, 0, width * 0.42, horizon, width * 0.3);
  glow.addColorStop(0, 'rgb(255 226 170 / 90%)');
  glow.addColorStop(0.12, 'rgb(255 205 140 / 55%)');
  glow.addColorStop(1, 'rgb(255 190 120 / 0%)');
  pen.fillStyle = glow;
  pen.fillRect(0, 0, width, horizon);
}

function drawHills(pen: CanvasRenderingContext2D, width: number, horizon: number) {
  for (const [colour, size, phase] of [
    ['#5d4a5d', 0.11, 0.4],
    ['#36324b', 0.07, 2.1],
  ] as const) {
    pen.fillStyle = colour;
    pen.beginPath();
    pen.moveTo(0, horizon);
    for (let step = 0; step <= 40; step++) {
      const x = step / 40;
      const hill = 0.45 + 0.3 * Math.sin(x * 5 + phase) + 0.25 * Math.sin(x * 11 + phase * 3);
      pen.lineTo(x * width, horizon - Math.max(0, hill) * size * horizon);
    }
    pen.lineTo(width, horizon);
    pen.fill();
  }
}

function drawLighthouse(
  pen: CanvasRenderingContext2D,
  x: number,
  horizon: number,
  height: number,
  seconds: number,
) {
  const tall = height * 0.26;
  const top = horizon - tall;
  // The beam turns: broad while it points at us, away for half of the round.
  const turn = Math.cos((seconds / 8) * 2 * Math.PI);
  if (turn > 0) {
    const beam = pen.createLinearGradient(x, 0, x - height * 0.9, 0);
    beam.addColorStop(0, `rgb(255 240 200 / ${Math.round(turn * 45)}%)`);
    beam.addColorStop(1, 'rgb(255 240 200 / 0%)');
    pen.fillStyle = beam;
    pen.beginPath();
    pen.moveTo(x, top);
    pen.lineTo(x - height * 0.9, top - height * 0.1 * turn);
    pen.lineTo(x - height * 0.9, top + height * 0.12 * turn);
    pen.fill();
  }
  pen.fillStyle = '#20202f';
  pen.beginPath();
  pen.moveTo(x - tall * 0.5, horizon + 2);
  pen.quadraticCurveTo(x, horizon - tall * 0.22, x + tall * 0.9, horizon + 2);
  pen.fill();
  pen.fillStyle = '#e8e2da';
  pen.beginPath();
  pen.moveTo(x - tall * 0.09, horizon - tall * 0.08);
  pen.lineTo(x - tall * 0.055, top + tall * 0.08);
  pen.lineTo(x + tall * 0.055, top + tall * 0.08);
  pen.lineTo(x + tall * 0.09, horizon - tall * 0.08);
  pen.fill();
  pen.fillStyle = '#b5404a';
  pen.fillRect(x - tall * 0.075, horizon - tall * 0.42, tall * 0.15, tall * 0.16);
  pen.fillRect(x - tall * 0.06, horizon - tall * 0.78, tall * 0.12, tall * 0.1);
  pen.fillStyle = turn > 0 ? '#fff3c4' : '#c9a15a';
  pen.fillRect(x - tall * 0.045, top - tall * 0.02, tall * 0.09, tall * 0.11);
  pen.fillStyle = '#2b2b3b';
  pen.fillRect(x - tall * 0.065, top - tall * 0.06, tall * 0.13, tall * 0.045);
}

function drawSea(
  pen: CanvasRenderingContext2D,
  width: number,
  height: number,
  horizon: number,
  seconds: number,
) {
  const sea = pen.createLinearGradient(0, horizon, 0, height);
  sea.addColorStop(0, '#8d6a67');
  sea.addColorStop(0.25, '#3d4a69');
  sea.addColorStop(1, '#0d1a2e');
  pen.fillStyle = sea;
  pen.fillRect(0, horizon, width, height - horizon);

  // Waves: short strokes that drift, longer and farther apart the nearer they are.
  for (let row = 0; row < 22; row++) {
    const near = (row + 1) / 22;
    const y = horizon + (height - horizon) * near ** 1.7;
    const long = width * (0.02 + 0.07 * near);
    const drift = seconds * (4 + 16 * near) * (row % 2 === 0 ? 1 : -1) + row * 137;
    for (let stroke = 0; stroke < 9; stroke++) {
      const x = modulo(drift + (stroke * width) / 8, width + long) - long;
      const towardsGlow = 1 - Math.min(1, Math.abs(x + long / 2 - width * 0.42) / (width * 0.3));
      pen.fillStyle = `rgb(255 214 160 / ${Math.round(4 + 30 * towardsGlow * (1 - near * 0.6))}%)`;
      pen.fillRect(x, y + Math.sin(seconds + stroke + row) * 1.5, long, Math.max(1, height * 0.004 * near));
    }
  }
}

function drawBoat(pen: CanvasRenderingContext2D, x: number, y: number, size: number, seconds: number) {
  pen.save();
  pen.translate(x, y + Math.sin(seconds * 1.1) * size * 0.04);
  pen.rotate(Math.sin(seconds * 0.9) * 0.03);
  pen.fillStyle = '#161a29';
  pen.beginPath();
  pen.moveTo(-size * 0.8, -size * 0.18);
  pen.lineTo(size * 0.85, -size * 0.22);
  pen.quadraticCurveTo(size * 0.7, size * 0.16, size * 0.45, size * 0.16);
  pen.lineTo(-size * 0.55, size * 0.16);
  pen.fill();
  pen.fillStyle = '#f3e7d6';
  pen.beginPath();
  pen.moveTo(size * 0.02, -size * 1.45);
  pen.quadraticCurveTo(size * 0.5, -size * 0.8, size * 0.62, -size * 0.34);
  pen.lineTo(size * 0.02, -size * 0.3);
  pen.fill();
  pen.fillStyle = '#d8c6b4';
  pen.beginPath();
  pen.moveTo(-size * 0.05, -size * 1.3);
  pen.lineTo(-size * 0.55, -size * 0.32);
  pen.lineTo(-size * 0.05, -size * 0.3);
  pen.fill();
  pen.restore();
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
