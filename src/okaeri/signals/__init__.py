"""What deserves attention: dated signals with their evidence, each judged by what came of it."""
