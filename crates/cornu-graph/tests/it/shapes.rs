//! Laws of shapes, over shapes drawn at random.

use cornu_graph::Shape;
use cornu_graph::philox::Random;

fn draw(random: &mut Random) -> Shape {
    (0..random.below(5)).map(|_| [1, 1, 2, 3][random.below(4)]).collect()
}

#[test]
fn broadcasting_is_a_join() {
    let mut random = Random::new(1, 0);
    for _ in 0..5000 {
        let [a, b, c] = [0; 3].map(|_| draw(&mut random));
        assert_eq!(a.broadcast(&a), Some(a.clone()));
        assert_eq!(a.broadcast(&Shape::scalar()), Some(a.clone()));
        assert_eq!(a.broadcast(&b), b.broadcast(&a), "{a} {b}");
        if let (Some(ab), Some(bc)) = (a.broadcast(&b), b.broadcast(&c)) {
            assert_eq!(ab.broadcast(&c), a.broadcast(&bc), "{a} {b} {c}");
        }
        if let Some(ab) = a.broadcast(&b) {
            assert_eq!(a.broadcast(&ab), Some(ab.clone()), "{a} fills {ab}");
            assert_eq!(ab.rank(), a.rank().max(b.rank()));
        }
    }
}

#[test]
fn unravel_undoes_strides() {
    let mut random = Random::new(2, 0);
    for _ in 0..1000 {
        let shape = draw(&mut random);
        let strides = shape.strides();
        for flat in 0..shape.size() {
            let index = shape.unravel(flat);
            assert!(index.iter().zip(shape.iter()).all(|(i, n)| i < n));
            assert_eq!(index.iter().zip(&strides).map(|(i, s)| i * s).sum::<usize>(), flat, "{shape}");
        }
    }
}

#[test]
fn axes_go_stay_and_come() {
    let shape = Shape::from([2, 3, 4]);
    assert_eq!(
        (shape.axis(-1), shape.axis(2), shape.axis(3), shape.axis(-4)),
        (Some(2), Some(2), None, None)
    );
    assert_eq!(shape.without(&[0, 2]), Shape::from([3]));
    assert_eq!(shape.with_ones(&[0, 2]), Shape::from([1, 3, 1]));
    assert_eq!(shape.with_leading(7), Shape::from([7, 2, 3, 4]));
    assert_eq!(shape.to_string(), "[2, 3, 4]");
}

#[test]
fn sizes_beyond_memory_are_none() {
    assert_eq!(Shape::from([1 << 40, 1 << 40]).checked_size(), None);
    assert_eq!(Shape::from([0, usize::MAX, 2]).checked_size(), None);
    assert_eq!(Shape::from([0, 7]).checked_size(), Some(0));
    assert_eq!(Shape::scalar().checked_size(), Some(1));
}
