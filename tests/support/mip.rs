//! A mixed integer program as plain rows, so that the same model can be given to several solvers: to the one in this build
//! through `good_lp`, and as an .lp file to CBC.
#![allow(dead_code)] // each test file uses its part

use good_lp::{Expression, ProblemVariables, ResolutionError, Solution, SolverModel, Variable, constraint, variable};
use std::fmt::Write;

/// A column by number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Column(pub usize);

/// A coefficient and its column.
pub type Term = (f64, Column);

#[derive(Clone, Copy)]
enum Sense {
    AtMost,
    AtLeast,
    Exactly,
}

struct Row {
    terms: Vec<Term>,
    sense: Sense,
    right: f64,
}

/// Rows and columns; minimises `goal`.
#[derive(Default)]
pub struct Model {
    /// For each column whether it is binary; the others lie between 0 and 1.
    binary: Vec<bool>,
    rows: Vec<Row>,
    /// What is minimised; nothing asks for any solution.
    pub goal: Option<Column>,
}

impl Model {
    /// A new column that is 0 or 1.
    pub fn binary(&mut self) -> Column {
        self.column(true)
    }

    /// A new column from 0 to 1.
    pub fn fraction(&mut self) -> Column {
        self.column(false)
    }

    fn column(&mut self, binary: bool) -> Column {
        self.binary.push(binary);
        Column(self.binary.len() - 1)
    }

    /// Sum of the terms <= right.
    pub fn at_most(&mut self, terms: impl IntoIterator<Item = Term>, right: f64) {
        self.row(terms, Sense::AtMost, right);
    }

    /// Sum of the terms >= right.
    pub fn at_least(&mut self, terms: impl IntoIterator<Item = Term>, right: f64) {
        self.row(terms, Sense::AtLeast, right);
    }

    /// Sum of the terms = right.
    pub fn exactly(&mut self, terms: impl IntoIterator<Item = Term>, right: f64) {
        self.row(terms, Sense::Exactly, right);
    }

    fn row(&mut self, terms: impl IntoIterator<Item = Term>, sense: Sense, right: f64) {
        let terms = terms.into_iter().collect();
        self.rows.push(Row { terms, sense, right });
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.binary.len()
    }

    /// Its size in words.
    pub fn size(&self) -> String {
        let binaries = self.binary.iter().filter(|b| **b).count();
        let entries: usize = self.rows.iter().map(|r| r.terms.len()).sum();
        format!(
            "{} rows, {} columns ({binaries} binary), {entries} entries",
            self.rows.len(),
            self.binary.len()
        )
    }

    /// A value per column from the solver of this build, or `None` if there is no solution.
    pub fn solve(&self) -> Option<Vec<f64>> {
        let mut problem = ProblemVariables::new();
        let columns: Vec<Variable> = self
            .binary
            .iter()
            .map(|binary| {
                problem.add(if *binary {
                    variable().binary()
                } else {
                    variable().min(0).max(1)
                })
            })
            .collect();
        let goal = self.goal.map_or(Expression::from(0), |c| columns[c.0].into());
        #[cfg(not(feature = "highs"))]
        let mut model = problem.minimise(goal).using(good_lp::microlp);
        #[cfg(feature = "highs")]
        let mut model = problem
            .minimise(goal)
            .using(good_lp::highs)
            .set_option("mip_rel_gap", 0.0);
        for row in &self.rows {
            let left: Expression = row.terms.iter().map(|(factor, c)| *factor * columns[c.0]).sum();
            model.add_constraint(match row.sense {
                Sense::AtMost => constraint!(left <= row.right),
                Sense::AtLeast => constraint!(left >= row.right),
                Sense::Exactly => constraint!(left == row.right),
            });
        }
        match model.solve() {
            Ok(solution) => Some(columns.iter().map(|c| solution.value(*c)).collect()),
            Err(ResolutionError::Infeasible) => None,
            Err(other) => panic!("the model was not solved: {other}"),
        }
    }

    /// The model in the .lp format that CBC, HiGHS, SCIP and others read; column 7 is called x7.
    pub fn lp_text(&self) -> String {
        let goal = self.goal.map_or("0 x0".to_owned(), |c| format!("1 x{}", c.0));
        let mut text = format!("Minimize\n obj: {goal}\nSubject To\n");
        for (number, row) in self.rows.iter().enumerate() {
            let _ = write!(text, " r{number}:");
            for (place, (factor, column)) in row.terms.iter().enumerate() {
                // readers have a limit for the length of a line
                let space = if place % 8 == 7 { "\n  " } else { " " };
                let _ = write!(text, "{space}{factor:+} x{}", column.0);
            }
            let sense = match row.sense {
                Sense::AtMost => "<=",
                Sense::AtLeast => ">=",
                Sense::Exactly => "=",
            };
            let _ = writeln!(text, " {sense} {}", row.right);
        }
        let of_kind = |binary: bool| (0..self.binary.len()).filter(move |c| self.binary[*c] == binary);
        text.push_str("Bounds\n");
        of_kind(false).for_each(|c| {
            let _ = writeln!(text, " 0 <= x{c} <= 1");
        });
        text.push_str("Binaries\n");
        of_kind(true).for_each(|c| {
            let _ = writeln!(text, " x{c}");
        });
        text.push_str("End\n");
        text
    }
}

/// Terms with coefficient 1.
pub fn ones(columns: impl IntoIterator<Item = Column>) -> impl Iterator<Item = Term> {
    columns.into_iter().map(|c| (1.0, c))
}
