// Which square of a photograph: drag it on the canvas or move the three sliders. The form sends it as `crop`: left, top and
// side as shares of the picture's shorter side. Without this script, and for what no canvas can show, the middle is taken.
const form = document.querySelector("[data-portrait]");

if (form) {
  const cropper = form.querySelector("[data-cropper]");
  const canvas = cropper.querySelector("canvas");
  const [zoom, across, down] = cropper.querySelectorAll("input");
  const pen = canvas.getContext("2d");
  let picture = null;

  function square() {
    const shorter = Math.min(picture.width, picture.height);
    const side = 1 / Number(zoom.value);
    const left = (picture.width / shorter - side) * (Number(across.value) / 100);
    const top = (picture.height / shorter - side) * (Number(down.value) / 100);
    return { left, top, side, shorter };
  }

  function draw() {
    if (!picture) return;
    const { left, top, side, shorter } = square();
    pen.drawImage(picture, left * shorter, top * shorter, side * shorter, side * shorter, 0, 0, canvas.width, canvas.height);
    form.elements.crop.value = [left, top, side].map((each) => each.toFixed(4)).join(",");
  }

  async function choose() {
    const [file] = form.elements.photo.files;
    picture = file ? await createImageBitmap(file).catch(() => null) : null;
    cropper.hidden = !picture;
    form.elements.crop.value = "";
    [zoom.value, across.value, down.value] = [1, 50, 50];
    draw();
  }

  function drag(event) {
    if (!picture || !canvas.hasPointerCapture(event.pointerId)) return;
    const { side, shorter } = square();
    const scale = side / canvas.clientWidth;
    const slack = { x: picture.width / shorter - side, y: picture.height / shorter - side };
    if (slack.x > 0) across.value = Number(across.value) - ((event.movementX * scale) / slack.x) * 100;
    if (slack.y > 0) down.value = Number(down.value) - ((event.movementY * scale) / slack.y) * 100;
    draw();
  }

  form.elements.photo.addEventListener("change", choose);
  cropper.addEventListener("input", draw);
  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", drag);
}
