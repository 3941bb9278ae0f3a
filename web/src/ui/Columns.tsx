import styles from "./Columns.module.css";

/** Fewer columns leave room at the end instead of growing fat. */
const FEWEST = 16;

interface Props {
  readonly values: readonly number[];
  /** Of each value, shown on it and read out. */
  readonly labels: readonly string[];
  /** What the whole shows. */
  readonly title: string;
}

/** Numbers side by side, as columns; for those who can't see it, `title` must say enough. */
export function Columns({ values, labels, title }: Props) {
  const most = Math.max(1, ...values);
  const width = 100 / Math.max(FEWEST, values.length);
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
