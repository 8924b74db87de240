/** The network as Keras code, channels last; padding as torch has it, on both sides alike. */

const pair = ([rows, cols]) => (rows === cols ? String(rows) : `(${rows}, ${cols})`);
const PLAIN = { relu: "layers.ReLU()", tanh: 'layers.Activation("tanh")', sigmoid: 'layers.Activation("sigmoid")', softmax: "layers.Softmax()", flatten: "layers.Flatten()", gap: "layers.GlobalAveragePooling2D(keepdims=True)" };

const padded = (p) => p.some((n) => n > 0);
const zeros = ([rows, cols]) => `layers.ZeroPadding2D(${rows === cols ? rows : `(${rows}, ${cols})`})`;
const lowest = ([rows, cols]) => `layers.Lambda(pad_lowest, arguments={"rows": ${rows}, "columns": ${cols}})`;

/** A layer as expressions: what pads, if anything must, then the layer. */
function expressions({ kind, width, k, s, p, d, g, b }, name) {
  const called = `name="${name}"`;
  const told = (word, size, usual) => (String(size) === String(usual) ? "" : `, ${word}=${pair(size)}`);
  if (kind === "conv") {
    const apart = s.some((n) => n > 1) && d.some((n) => n > 1); // Keras takes no stride beside a dilation
    const settings = `${width}, ${pair(k)}${apart ? "" : told("strides", s, [1, 1])}${told("dilation_rate", d, [1, 1])}${g > 1 ? `, groups=${g}` : ""}`;
    const conv = `layers.Conv2D(${settings}${b ? "" : ", use_bias=False"}, ${called})`;
    return [...(padded(p) ? [zeros(p)] : []), conv, ...(apart ? [`layers.MaxPooling2D(1, strides=${pair(s)})`] : [])];
  }
  if (kind === "max" || kind === "avg") {
    const before = padded(p) ? [kind === "max" ? lowest(p) : zeros(p)] : [];
    return [...before, `layers.${kind === "max" ? "Max" : "Average"}Pooling2D(${pair(k)}${told("strides", s, k)}, ${called})`];
  }
  if (kind === "linear") return [`layers.Dense(${width}${b ? "" : ", use_bias=False"}, ${called})`];
  if (kind.startsWith("bn")) return [`layers.BatchNormalization(momentum=0.9, epsilon=1e-5, ${called})`];
  const plain = kind === "drop" ? `layers.Dropout(${width / 100})` : PLAIN[kind];
  return [plain.replace(/\)$/, `${plain.endsWith("()") ? "" : ", "}${called})`)];
}

const PAD = `

def pad_lowest(maps, rows, columns):
    """Pad for max pooling: with what no maximum takes, as torch does; zeros would win over negatives."""
    sides = ((0, 0), (rows, rows), (columns, columns), (0, 0))
    return keras.ops.pad(maps, sides, constant_values=-float("inf"))

`;

const flat = (name) => name.replaceAll(".", "_");

/** A chain as keras.Sequential. */
function chain({ nodes }, input) {
  const lines = nodes.slice(1).flatMap(({ item, name }) => expressions(item, flat(name)));
  return `net = keras.Sequential([\n    ${[input, ...lines].join(",\n    ")},\n])\n`;
}

/** A graph by keras.Model: a name for what each sequence has come to. */
function graph({ stack, nodes }, input) {
  const lines = [`inputs = ${input}`];
  let count = 0;
  const nameOf = (item) => flat(nodes.find((node) => node.item === item).name);
  const walk = (items, from, to) => {
    let last = from;
    for (const item of items) {
      if (item.branches) {
        const ends = item.branches.map((branch) => {
          if (!branch.length) return last;
          count += 1;
          return walk(branch, last, `branch${count}`);
        });
        lines.push(`${to} = layers.Add(name="${nameOf(item)}")([${ends.join(", ")}])`);
        last = to;
      } else {
        for (const one of expressions(item, nameOf(item))) {
          lines.push(`${to} = ${one}(${last})`);
          last = to;
        }
      }
    }
    return last;
  };
  const last = walk(stack, "inputs", "x");
  return `${lines.join("\n")}\nnet = keras.Model(inputs, ${last})\n`;
}

/** @param {object} now  what is shown */
export function kerasCode(now) {
  const { nodes, rows } = now;
  const [channels, height, width] = rows[0].shape;
  const asGraph = nodes.length === 1 || nodes.some(({ op }) => op === "merge");
  const lowestUsed = nodes.some(({ item }) => item?.kind === "max" && padded(item.p));
  const wide = nodes.some(({ item, inputs }) => item?.kind === "flatten" && rows[inputs[0]].shape.length === 3 && rows[inputs[0]].shape[1] * rows[inputs[0]].shape[2] > 1);
  const order = wide ? "# Flatten goes row by row, with the channels of each pixel together; torch's goes channel by channel.\n" : "";
  const input = `keras.Input((${height}, ${width}, ${channels}))`;
  return `import keras
from keras import layers
${lowestUsed ? PAD : ""}
${order}${asGraph ? graph(now, input) : chain(now, input)}net.summary()
`;
}
