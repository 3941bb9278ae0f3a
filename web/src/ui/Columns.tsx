import styles from "./Columns.module.css";

/** The minimum number of columns into which the width of the chart is divided. Without a minimum, a
 * chart of few values would have very wide columns. */
const MIN_COLUMNS = 16;

interface Props {
  readonly values: readonly number[];
  /** The label of each value, which is shown on its column and read by screen readers. */
  readonly labels: readonly string[];
  /** The title of the chart. */
  readonly title: string;
}

/** A chart of numbers as columns. For screen readers, `title` must describe it. */
export function Columns({ values, labels, title }: Props) {
  const most = Math.max(1, ...values);
  const width = 100 / Math.max(MIN_COLUMNS, values.length);
  return (
    <svg className={styles.chart} viewBox="0 0 100 40" preserveAspectRatio="none" role="img">
      <title>{title}</title>
      {values.map((value, index) => {
        const height = value === 0 ? 0.4 : Math.max(1, (38 * value) / most);
        return (
          <rect
            key={labels[index]}
            x={index * width + width * 0.1}
            y={40 - height}
            width={width * 0.8}
            height={height}
            data-none={value === 0}
          >
            <title>{labels[index]}</title>
          </rect>
        );
      })}
    </svg>
  );
}
