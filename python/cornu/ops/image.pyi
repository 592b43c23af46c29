"""Operations on tensors, under Keras's names."""

from typing import Any

def affine_transform(
    images: Any,
    transform: Any,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Any: ...
def crop_images(
    images: Any,
    top_cropping: Any = None,
    left_cropping: Any = None,
    bottom_cropping: Any = None,
    right_cropping: Any = None,
    target_height: Any = None,
    target_width: Any = None,
    data_format: str | None = None,
) -> Any:
    """Without margins."""

def elastic_transform(
    images: Any,
    alpha: float = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    seed: Any = None,
    data_format: str | None = None,
) -> Any: ...
def extract_patches(
    images: Any,
    size: Any,
    strides: int | tuple[int, ...] | None = None,
    dilation_rate: int | tuple[int, ...] = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """The windows of images as features."""

def extract_patches_3d(
    volumes: Any,
    size: Any,
    strides: int | tuple[int, ...] | None = None,
    dilation_rate: int | tuple[int, ...] = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Any:
    """The windows of images as features."""

def gaussian_blur(
    images: Any,
    kernel_size: int | tuple[int, ...] = (3, 3),
    sigma: Any = (1.0, 1.0),
    data_format: str | None = None,
) -> Any: ...
def hsv_to_rgb(images: Any, data_format: str | None = None) -> Any: ...
def map_coordinates(
    inputs: Any,
    coordinates: Any,
    order: Any,
    fill_mode: str = "constant",
    fill_value: float = 0,
) -> Any: ...
def pad_images(
    images: Any,
    top_padding: Any = None,
    left_padding: Any = None,
    bottom_padding: Any = None,
    right_padding: Any = None,
    target_height: Any = None,
    target_width: Any = None,
    data_format: str | None = None,
) -> Any:
    """With margins of zeros."""

def perspective_transform(
    images: Any,
    start_points: Any,
    end_points: Any,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Any: ...
def resize(
    images: Any,
    size: Any,
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Any: ...
def rgb_to_grayscale(images: Any, data_format: str | None = None) -> Any:
    """Colors as gray."""

def rgb_to_hsv(images: Any, data_format: str | None = None) -> Any: ...
def scale_and_translate(
    images: Any,
    output_shape: Any,
    scale: Any,
    translation: Any,
    spatial_dims: Any,
    method: Any,
    antialias: bool = True,
) -> Any: ...
def sobel_edges(images: Any, data_format: str | None = None) -> Any: ...
def ssim(
    image1: Any,
    image2: Any,
    max_val: float = 1.0,
    filter_size: float = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: str | None = None,
) -> Any: ...
def __getattr__(name: str) -> Any: ...
