/**
 * The seed network in TensorFlow.js on its webgpu backend, the peer that Atelier's own executor is measured against. A
 * classic script for a page where `tf` and that backend are loaded already: it defines `measureTensorFlow`.
 */

/** `atelier_nn::Network::seed`: the same layers, initialisers and optimiser. */
function seedNetwork() {
  const { layers } = tf;
  const model = tf.sequential();
  const conv = (filters, options) =>
    model.add(
      layers.conv2d({
        filters,
        kernelSize: 3,
        padding: "same",
        useBias: false,
        activation: "relu",
        // TF.js's own default is glorotNormal.
        kernelInitializer: "glorotUniform",
        ...options,
      }),
    );
  const pool = () => model.add(layers.maxPooling2d({ poolSize: 2, strides: 2 }));
  const dense = (units, activation) => model.add(layers.dense({ units, activation, kernelInitializer: "glorotUniform" }));
  conv(32, { inputShape: [28, 28, 1] });
  conv(32);
  pool();
  conv(64);
  conv(64);
  pool();
  conv(128);
  pool();
  model.add(layers.flatten());
  dense(128, "relu");
  dense(10, "softmax");
  model.compile({ optimizer: tf.train.adam(1e-3, 0.9, 0.999, 1e-7), loss: "categoricalCrossentropy" });
  if (model.countParams() !== 287_402) throw new Error(`this is not the seed network: ${model.countParams()} parameters`);
  return model;
}

/** Middle of the times of `work` in milliseconds: at least `least` of them, more while `budget` milliseconds last. */
async function median(work, least, budget) {
  const times = [];
  const end = performance.now() + budget;
  while (times.length < least || (performance.now() < end && times.length < 50)) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return times[times.length >> 1];
}

/**
 * A training step is `trainOnBatch`, which awaits the loss as every use of it does; an inference is `predict` and the
 * reading of its probabilities. The batch stays on the device. Two of each come first: they compile the shaders.
 */
async function measureTensorFlow(batch) {
  if (!(await tf.setBackend("webgpu"))) throw new Error("TensorFlow.js has no webgpu backend here");
  await tf.ready();
  const model = seedNetwork();
  const x = tf.randomUniform([batch, 28, 28, 1], 0, 1, "float32", 1);
  const labels = Array.from({ length: batch }, (_, example) => example % 10);
  const y = tf.oneHot(tf.tensor1d(labels, "int32"), 10).toFloat();
  let loss = Number.NaN;
  const train = async () => {
    loss = await model.trainOnBatch(x, y);
  };
  const infer = async () => {
    const output = model.predict(x);
    await output.data();
    output.dispose();
  };
  for (const work of [train, infer]) {
    await work();
    await work();
  }
  const first = loss;
  const result = {
    batch,
    train_ms: await median(train, 5, 10_000),
    infer_ms: await median(infer, 7, 5_000),
    first_loss: first,
    last_loss: loss,
  };
  if (!(loss < first)) throw new Error(`TensorFlow.js does not learn: ${JSON.stringify(result)}`);
  tf.dispose([x, y]);
  model.dispose();
  return result;
}
