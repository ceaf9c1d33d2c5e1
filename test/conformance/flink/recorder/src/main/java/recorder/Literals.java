package recorder;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts the literals of an expression behind {@link Identity}, so that it is evaluated as over a column. */
final class Literals {
  private static final Pattern TOKENS = Pattern.compile(
      "(?<skip>INTERVAL\\s*-?\\s*'[^']*'(\\s+\\w+(\\(\\d+\\))?(\\s+TO\\s+\\w+)?)?"
      + "|\\b(CHAR|VARCHAR|BINARY|VARBINARY|DECIMAL|TIME|TIMESTAMP|TIMESTAMP_LTZ|SECOND|DAY)\\s*\\([\\d, ]*\\)|ESCAPE\\s*'[^']*'|\\w*[A-Za-z_$]\\w*\\$?\\d*)"
      + "|(?<literal>((DATE|TIME|TIMESTAMP)\\s+|X)?'(?:[^']|'')*'|\\d+(\\.\\d*)?([eE][+-]?\\d+)?|\\.\\d+)",
      Pattern.CASE_INSENSITIVE);

  private Literals() {}

  static String hide(String expression) {
    Matcher tokens = TOKENS.matcher(expression);
    StringBuilder out = new StringBuilder();
    int from = 0;
    while (tokens.find(from)) {
      out.append(expression, from, tokens.start());
      int end = tokens.end();
      String word = tokens.group();
      // A keyword in front of a text is part of the literal.
      if (tokens.group("skip") != null && word.matches("(?i)DATE|TIME|TIMESTAMP|X")) {
        Matcher text = Pattern.compile("\\G\\s*'(?:[^']|'')*'").matcher(expression);
        if (text.find(end)) {
          out.append("ID(").append(word).append(text.group()).append(')');
          from = text.end();
          continue;
        }
      }
      if (tokens.group("literal") != null) out.append("ID(").append(word).append(')');
      else out.append(word);
      from = end;
    }
    return out.append(expression, from, expression.length()).toString();
  }
}
